// The captions that go on from what is typed, under a field for words. Down and Up choose one, Enter or Tab takes it, Esc closes the
// list. Enter and Tab without a chosen one are the field's own.
#pragma once

#include <QListWidget>

#include "ui/document/prompt_help.h"

class QLineEdit;
class QPlainTextEdit;

namespace kinescore {

class PromptCompletion : public QListWidget {
  Q_OBJECT

 public:
  /// Without `help` it never opens.
  PromptCompletion(PromptHelp* help, QLineEdit& field, QWidget* parent);
  PromptCompletion(PromptHelp* help, QPlainTextEdit& field, QWidget* parent);

  [[nodiscard]] bool isOpen() const { return isOpen_; }
  void close();
  /// As high as its rows, at most.
  [[nodiscard]] int fullHeight() const;

 Q_SIGNALS:
  /// Opened, closed, or other rows; whoever owns it gives it its place.
  void shownChanged();
  /// One was taken; the field holds it.
  void taken();

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  PromptCompletion(PromptHelp* help, QWidget& field, QWidget* parent);
  void offer(bool isAsked);
  void take(const QString& words);
  bool pressed(int key);

  PromptHelp* help_;
  QWidget& field_;
  std::function<QString()> typed_;
  std::function<void(const QString&)> write_;
  bool isTaking_ = false, isOpen_ = false;
};

}  // namespace kinescore
