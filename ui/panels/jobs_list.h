// What the engine does, has to do and has done: a list over the status bar.
#pragma once

#include <functional>

#include <QFrame>
#include <QVBoxLayout>

#include "ui/document/session.h"

namespace kinescore {

class JobsList : public QFrame {
  Q_OBJECT

 public:
  explicit JobsList(Session& session, QWidget* parent = nullptr);
  /// Opens with its lower right corner there (global).
  void popUp(const QPoint& lowerRight);

 Q_SIGNALS:
  void showTake(const QString& takeId);

 protected:
  bool event(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  void refresh();
  void place();
  /// One line each: badge, name, what it does, buttons.
  QHBoxLayout* addRow(int takeNumber, const QString& name, const QString& detail, const QString& iconName,
                      const QColor& color);
  void addButton(QHBoxLayout* row, const QString& name, const QString& objectName, std::function<void()> run);
  void addRunning(const GenerationJob& job, int place);
  [[nodiscard]] static QString runningDetail(const GenerationJob& job, int place);
  void addEnded(const EndedJob& job);

  Session& session_;
  QWidget* body_ = nullptr;
  QVBoxLayout* column_ = nullptr;
  QPoint corner_;
  QStringList shape_;  // which rows there are
};

/// "Take 8", "Take 8, frames 110 to 195".
[[nodiscard]] QString jobName(int takeNumber, const std::optional<FrameRange>& range, FrameRate rate);

}  // namespace kinescore
