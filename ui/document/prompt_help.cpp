#include "ui/document/prompt_help.h"

#include <utility>

#include <QMetaObject>

#include "engine/timeline/edit.h"
#include "ui/document/edit_commands.h"

namespace kinescore {

PromptHelp::PromptHelp(CaptionLoader loader, QObject* parent) : QObject(parent), loader_(std::move(loader)) {}

// The thread is joined by its own destructor, and an answer that is still queued goes with the receiver.
PromptHelp::~PromptHelp() = default;

void PromptHelp::want() {
  if (!loader_) {
    return;
  }
  reading_ = std::jthread([this, load = std::exchange(loader_, {})] {
    Result<std::shared_ptr<const CaptionBook>> book = load();
    // A library that cannot be read is told of where motion is looked up in it; words are written without it.
    if (book) {
      QMetaObject::invokeMethod(
          this,
          [this, read = *std::move(book)] {
            book_ = read;
            Q_EMIT ready();
          },
          Qt::QueuedConnection);
    }
  });
}

QStringList PromptHelp::completions(const QString& typed, int most) const {
  QStringList list;
  if (book_) {
    for (const std::string& line : book_->complete(typed.toStdString(), std::size_t(most))) {
      list << QString::fromStdString(line);
    }
  }
  return list;
}

std::vector<PromptHint> PromptHelp::hints(const QString& words, BodyPart part, double seconds) const {
  return coachPrompt(words.simplified().toStdString(), part, {.captions = book_.get(), .seconds = seconds});
}

bool takeSuggestion(Session& session, ObjectId id, const PromptSuggestion& suggestion) {
  const auto clip = session.timeline().findClip(id);
  const auto* text = clip ? std::get_if<TextCondition>(&clip->condition) : nullptr;
  if (text == nullptr) {
    return false;
  }
  TextCondition words = *text;
  words.prompt = suggestion.prompt;
  words.part = suggestion.part.value_or(words.part);
  if (!suggestion.second.empty()) {
    const FrameRate rate = session.rate();
    const Ticks middle{clip->span.start.value + clip->span.length().value / 2};
    const Ticks at = ticksOfFrame(nearestFrame(middle, rate), rate);
    return session.document().edit(Session::tr("Split prompt"),
                                   splitPrompt(session.timeline(), session.document().ids(), id, at, words, suggestion.second));
  }
  Clip changed = *clip;
  changed.condition = std::move(words);
  return session.document().edit(promptStepName(QString::fromStdString(suggestion.prompt)), changeClip(session.timeline(), changed));
}

}  // namespace kinescore
