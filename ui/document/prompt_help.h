// What helps to write prompts: completions and hints from the library's captions, which are read on a thread of their own when
// somebody first writes. Until they are there, and without a library, hints come from the word lists alone.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include <QObject>
#include <QStringList>

#include "engine/library/prompt_coach.h"
#include "ui/document/session.h"

namespace kinescore {

/// Reads captions; called once, not on the window's thread.
using CaptionLoader = std::function<Result<std::shared_ptr<const CaptionBook>>()>;

class PromptHelp : public QObject {
  Q_OBJECT

 public:
  explicit PromptHelp(CaptionLoader loader, QObject* parent = nullptr);
  ~PromptHelp() override;

  /// Somebody writes: from now on the captions are on their way.
  void want();
  [[nodiscard]] bool hasCaptions() const { return book_ != nullptr; }
  [[nodiscard]] QStringList completions(const QString& typed, int most = 8) const;
  [[nodiscard]] std::vector<PromptHint> hints(const QString& words, BodyPart part, double seconds) const;

 Q_SIGNALS:
  /// The captions are there.
  void ready();

 private:
  CaptionLoader loader_;
  std::shared_ptr<const CaptionBook> book_;
  std::jthread reading_;
};

/// Of a prompt's clip, as one step: the words, the part, or two clips that meet at its middle.
bool takeSuggestion(Session& session, ObjectId clip, const PromptSuggestion& suggestion);

}  // namespace kinescore
