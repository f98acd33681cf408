// A sentence at the top of the panel it concerns, with one button and a cross. Never modal.
#pragma once

#include <functional>

#include "ui/widgets/basics.h"

namespace kinescore {

class ErrorBar : public Panel {
  Q_OBJECT

 public:
  explicit ErrorBar(QWidget* parent = nullptr);
  /// Without `action` the bar only has its cross.
  void showError(const QString& sentence, const QString& actionName = {}, std::function<void()> action = {});
  void showNote(const QString& sentence, const QString& actionName = {}, std::function<void()> action = {});
  [[nodiscard]] QString sentence() const;

 private:
  void show(const QString& iconName, const QColor& color, const QString& sentence, const QString& actionName,
            std::function<void()> action);
  QLabel* icon_;
  QLabel* words_;
  QPushButton* button_;
  std::function<void()> action_;
};

}  // namespace kinescore
