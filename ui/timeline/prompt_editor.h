// Writing a prompt on its clip: the words, the part of the body, captions that complete what is typed, and the coach's first hint.
// It edits nothing by itself; whoever opened it takes words and part when it is done.
#pragma once

#include <QTimer>

#include "ui/document/prompt_help.h"
#include "ui/widgets/basics.h"

class QLineEdit;

namespace kinescore {

class PromptCompletion;
class PromptHints;

class PromptEditor : public Panel {
  Q_OBJECT

 public:
  struct Subject {
    QString words;
    BodyPart part = BodyPart::Whole;
    double seconds = 0;  // of the clip
  };
  /// `help` may be null: then there are no captions, and hints come from the word lists.
  PromptEditor(PromptHelp* help, const Subject& subject, QWidget* parent);

  [[nodiscard]] QString words() const;
  [[nodiscard]] BodyPart part() const { return part_; }
  /// Opens under (or, near the lower edge, over) the clip, with the field on it, all within the parent right of `left`.
  void placeOn(const QRect& clip, int left);
  void begin();

 Q_SIGNALS:
  /// Enter or a click elsewhere keeps, Esc does not.
  void finished(bool isKept);
  /// A suggestion that makes two clips of one; it ends the editing.
  void splitWanted(const kinescore::PromptSuggestion& suggestion);

 protected:
  bool event(QEvent* event) override;
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void refreshHints();
  void arrange();
  void take(const PromptSuggestion& suggestion);

  PromptHelp* help_;
  BodyPart part_;
  double seconds_;
  QLineEdit* field_;
  SegmentedChoice* parts_;
  PromptCompletion* completions_;
  PromptHints* hints_;
  QBoxLayout* column_;
  QTimer pause_;  // hints wait until nobody types
  QRect clip_;
  int left_ = 0;
};

}  // namespace kinescore
