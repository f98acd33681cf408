// Writing prompts in place: new ones and those that are there.
#include <utility>

#include <QApplication>

#include "ui/document/edit_commands.h"
#include "ui/document/prompt_help.h"
#include "ui/theme/tokens.h"
#include "ui/timeline/prompt_editor.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

constexpr double kNewClipSeconds = 2;

}  // namespace

void TimelineView::addClipAt(ObjectId track, Ticks time) {
  const FrameRate rate = session_.rate();
  const Ticks least = ticksOfFrame(nearestFrame(ticksFromSeconds(0.5), rate), rate);
  const Ticks all = session_.timeline().settings().duration;
  Ticks start = snapper({}).snap(ticksOfFrame(frameAt(time, rate), rate)).time;
  Ticks end = start + ticksFromSeconds(kNewClipSeconds);
  if (time < all) {  // nothing hangs over the project's end; right before it there is room for a few words all the same
    start = std::max(Ticks{0}, std::min(start, all - least));
    end = std::min(end, all);
  }
  // As long as it fits before the next one.
  for (const auto& other : session_.timeline().clipsOf(track)) {
    if (other->span.start > start) {
      end = std::max(start + least, std::min(end, other->span.start));
      break;
    }
  }
  Clip clip;
  clip.trackId = track;
  clip.span = {start, ticksOfFrame(nearestFrame(end, rate), rate)};
  const auto onTrack = session_.timeline().findTrack(track);
  const auto& before = session_.timeline().clipsOf(track);
  TextCondition words;
  if (onTrack && onTrack->kind == TrackKind::PartText) {
    // The part that the track is about, by its last prompt.
    words.part = before.empty() ? BodyPart::RightArm : std::get<TextCondition>(before.back()->condition).part;
  }
  clip.condition = std::move(words);
  newClip_ = std::make_unique<TimelineGesture>(session_.document(), tr("Add prompt"));
  ObjectId added;
  const bool done = newClip_->update([&](const Timeline& timeline, IdSource& ids) {
    Result<TimelinePatch> patch = addClip(timeline, ids, clip);
    if (patch) {
      added = patch->changes.front().id;
    }
    return patch;
  });
  if (!done) {
    newClip_.reset();
    return;
  }
  session_.selection().selectClip(added);
  editName(added);
}

void TimelineView::editName(ObjectId id) {
  finishName(true);
  const auto clip = session_.timeline().findClip(id);
  const auto* text = clip ? std::get_if<TextCondition>(&clip->condition) : nullptr;
  if (text == nullptr) {
    return;
  }
  const auto track = session_.timeline().findTrack(clip->trackId);
  if (clip->locked || (track && track->locked)) {
    Q_EMIT session_.problem(tr("This prompt is locked; unlock it to change its words."));
    return;
  }
  edited_ = id;
  promptEditor_ = new PromptEditor(
      promptHelp_, {QString::fromStdString(text->prompt), text->part, secondsOf(clip->span.length())}, this);
  connect(promptEditor_, &PromptEditor::finished, this, &TimelineView::finishPrompt);
  placeFirstPrompt();
  connect(promptEditor_, &PromptEditor::splitWanted, this, &TimelineView::splitEdited);
  placePromptEditor();
  promptEditor_->begin();
  redraw();
}

void TimelineView::placePromptEditor() {
  if (promptEditor_ == nullptr) {
    return;
  }
  QRect clip = rectOf(edited_);
  if (clip.isEmpty()) {  // its row is folded or scrolled away
    clip = {places().canvasX + 8, measure::kRuler + 4, 200, 24};
  }
  clip.setLeft(std::max(clip.left(), places().canvasX));
  promptEditor_->placeOn(clip, places().canvasX);
}

void TimelineView::finishPrompt(bool keep) {
  if (promptEditor_ == nullptr) {
    return;
  }
  // Who clicked elsewhere wants the focus there.
  PromptEditor* editor = std::exchange(promptEditor_, nullptr);
  const QWidget* focus = QApplication::focusWidget();
  const bool isOurs = focus == nullptr || editor->isAncestorOf(focus);
  editor->hide();
  editor->deleteLater();
  keepPrompt({editor->words().toStdString(), editor->part()}, keep);
  newClip_.reset();
  placeFirstPrompt();
  if (isOurs) {
    setFocus();
  }
  redraw();
}

void TimelineView::keepPrompt(const TextCondition& text, bool keep) {
  const auto clip = session_.timeline().findClip(edited_);
  const bool isNew = newClip_ != nullptr;
  if (clip != nullptr && keep && !(isNew && text.prompt.empty())) {
    Clip renamed = *clip;
    renamed.condition = text;
    if (isNew) {
      // The clip appears with its words: one step of the history.
      newClip_->update([&](const Timeline& timeline, IdSource& ids) { return addClip(timeline, ids, renamed); });
    } else if (renamed != *clip) {
      session_.document().edit(promptStepName(QString::fromStdString(text.prompt)), changeClip(session_.timeline(), renamed));
    }
  } else if (isNew) {
    newClip_->cancel();
  }
}

// A new clip is there twice at once: its addition and the split are one step.
void TimelineView::splitEdited(const PromptSuggestion& suggestion) {
  const ObjectId id = edited_;
  const auto clip = session_.timeline().findClip(id);
  if (newClip_ != nullptr && clip != nullptr) {
    const Ticks middle{clip->span.start.value + clip->span.length().value / 2};
    const Ticks at = ticksOfFrame(nearestFrame(middle, session_.rate()), session_.rate());
    const TextCondition first{suggestion.prompt, suggestion.part.value_or(BodyPart::Whole)};
    newClip_->update([&](const Timeline& timeline, IdSource& ids) -> Result<TimelinePatch> {
      const Result<TimelinePatch> added = addClip(timeline, ids, *clip);
      if (!added) {
        return added;
      }
      const Result<Timeline> with = apply(timeline, *added);
      if (!with) {
        return with.error();
      }
      const Result<TimelinePatch> split = splitPrompt(*with, ids, added->changes.front().id, at, first, suggestion.second);
      return split ? Result<TimelinePatch>(merged(*added, *split)) : split;
    });
    newClip_.reset();
    finishPrompt(false);
    return;
  }
  finishPrompt(false);
  takeSuggestion(session_, id, suggestion);
}

}  // namespace kinescore
