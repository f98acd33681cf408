// The takes, newest first, with what is being made on top.
#pragma once

#include <QLabel>

#include <QScrollArea>
#include <QToolButton>

class QMenu;

#include "ui/document/session.h"

namespace kinescore {

class TakeRows;

class TakesPanel : public QWidget {
  Q_OBJECT

 public:
  explicit TakesPanel(Session& session, QWidget* parent = nullptr);
  /// Rows on screen: jobs, then takes.
  [[nodiscard]] int rowCount() const;
  [[nodiscard]] QWidget* rows() const;
  /// Narrow: badges only.
  void setFolded(bool folded);
  /// Writes the shown take's name in place.
  void renameShown();

 Q_SIGNALS:
  /// The selected time of this take, to stand in the shown one.
  void copyRangeWanted(const QString& takeId);
  /// The shown take is to be exported.
  void exportWanted();

 private:
  void refresh();
  Session& session_;
  QWidget* header_;
  QLabel* title_;
  QLabel* count_;
  QToolButton* compare_;
  TakeRows* rows_;
};

/// The painted list.
class TakeRows : public QWidget {
  Q_OBJECT

 public:
  explicit TakeRows(Session& session, QWidget* parent = nullptr);
  [[nodiscard]] int count() const { return int(entries_.size()); }
  void refresh();
  /// Of the job being worked on.
  void showProgress();
  void rename(const TakePointer& take);

 Q_SIGNALS:
  void copyRangeWanted(const QString& takeId);
  void exportWanted();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Entry {
    TakePointer take;  // null: a job
    int number = 0;
    QString title, detail, right;
    double fraction = -1;
    JobId job = 0;
  };
  static void showProgress(const GenerationJob& job, Entry& entry);
  [[nodiscard]] int rowAt(int y) const;
  void fillMenu(QMenu& menu, const TakePointer& take);
  void paintRow(QPainter& painter, const QRect& rect, const Entry& entry, bool isHovered) const;

  Session& session_;
  std::vector<Entry> entries_;
  int hovered_ = -1;
};

}  // namespace kinescore
