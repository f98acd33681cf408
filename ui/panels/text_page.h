// The inspector's page for a prompt: words with completion and the coach, the part of the body, joins, strength.
#pragma once

#include <QTimer>

#include "ui/document/prompt_help.h"
#include "ui/panels/clip_page.h"

class QPlainTextEdit;

namespace kinescore {

class BodyPartChoice;
class ClipLibrary;
class PromptCompletion;
class PromptHints;

class TextPage : public ClipPage {
  Q_OBJECT

 public:
  TextPage(Session& session, PromptHelp* help, QWidget* parent);
  bool isFor(const Clip& clip) const override { return std::holds_alternative<TextCondition>(clip.condition); }
  void leave() override { typing_ = kNoGesture; }
  /// Under everything else.
  void addAtEnd(QWidget* widget);
  /// Knows the titles of pinned clips; outlives this.
  void setLibrary(const ClipLibrary* library);

 protected:
  void fill(const Clip& clip) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void typed();
  void refreshHints();
  void refreshPins(const std::string& words);
  void placeCompletions();
  void changeJoin(bool isIn, Ticks length);
  /// The neighbour that overlaps or touches: before it, or after it.
  [[nodiscard]] std::shared_ptr<const Clip> neighbourOf(const Clip& clip, bool before) const;

  PromptHelp* help_;
  QPlainTextEdit* prompt_;
  PromptCompletion* completions_;
  PromptHints* hints_;
  QWidget* pins_;  // captured clips that are pinned to these words
  std::vector<std::pair<std::string, QString>> pinsShown_;  // their ids and titles
  const ClipLibrary* library_ = nullptr;
  BodyPartChoice* part_;
  FrameField *joinIn_, *joinOut_;
  QVBoxLayout* end_;
  QTimer pause_;
  GestureId typing_ = kNoGesture;  // words typed without a pause are one step
};

}  // namespace kinescore
