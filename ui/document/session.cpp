#include "ui/document/session.h"

#include <algorithm>
#include <random>
#include <utility>

#include <glm/gtc/constants.hpp>

#include "engine/generation/draft.h"
#include "engine/request/changed_spans.h"
#include "engine/request/splice.h"

namespace kinescore {
namespace {

glm::vec2 floorOf(const Pose& pose) { return {pose.rootPosition.x, pose.rootPosition.z}; }

}  // namespace

QString kindName(TrackKind kind) {
  switch (kind) {
    case TrackKind::Text: return Session::tr("Text");
    case TrackKind::PartText: return Session::tr("Text · Part");
    case TrackKind::Audio: return Session::tr("Audio");
    case TrackKind::Video: return Session::tr("Video");
    case TrackKind::Pose: return Session::tr("Poses");
    case TrackKind::Path: return Session::tr("Path");
    case TrackKind::Contact: return Session::tr("Contacts");
    case TrackKind::Reference: return Session::tr("References");
  }
  return {};
}

Session::Session(MotionService& service, ProjectStore& store, std::unique_ptr<IdSource> ids,
                 Playback::Clock clock, QObject* parent)
    : QObject(parent),
      store_(store),
      document_(Timeline{}, std::move(ids)),
      playback_(std::move(clock)),
      jobs_(service, takes_) {
  document_.setJournal([this](const TimelinePatch& patch) {
    if (!isApplyingRecovered_) {
      store_.journal(patch);
    }
  });
  connect(&document_, &TimelineDocument::changed, this, [this] {
    selection_.keepExisting(timeline());
    followSettings();
    Q_EMIT projectChanged();
  });
  connect(&document_, &TimelineDocument::replaced, this, [this] { followSettings(); });
  connect(&document_, &TimelineDocument::refused, this, &Session::problem);
  const auto keepTakeThatIsThere = [this] {
    if (selection_.surface() == Selection::Surface::Take && takes_.find(selection_.takeId().toStdString()) == nullptr) {
      selection_.selectNothing();
    }
  };
  // Links to a take may outlive it.
  connect(&selection_, &Selection::changed, this, keepTakeThatIsThere);
  connect(&takes_, &TakeList::changed, this, [this, keepTakeThatIsThere] {
    keepTakeThatIsThere();
    Q_EMIT projectChanged();
  });
  connect(&document_.undoStack(), &QUndoStack::cleanChanged, this, &Session::projectChanged);
  connect(&jobs_, &GenerationJobs::listened, this, &Session::remember);
  connect(&jobs_, &GenerationJobs::takeReady, this, [this](const TakePointer& take) { store_.keepTake(take); });
  connect(&takes_, &TakeList::shownChanged, this, [this] {
    if (takes_.shownId() != shownNow_) {
      shownBefore_ = std::exchange(shownNow_, takes_.shownId());
    }
    setPreview(nullptr);
    if (comparison_ && !comparedTake()) {
      compare(std::nullopt);
    }
  });
  connect(&takes_, &TakeList::changed, this, [this] {
    if (comparison_ && !comparedTake()) {
      compare(std::nullopt);
    }
  });
  newProject();
}

TakePointer Session::comparedTake() const {
  return comparison_ && comparison_->takeId != takes_.shownId() && takes_.shown() ? takes_.find(comparison_->takeId) : nullptr;
}

void Session::compare(std::optional<TakeComparison> comparison) {
  if (comparison_ != comparison) {
    comparison_ = std::move(comparison);
    Q_EMIT comparisonChanged();
  }
}

void Session::toggleComparison(TakeComparison::Mode mode) {
  if (comparison_) {
    const bool isOff = comparison_->mode == mode;
    compare(isOff ? std::nullopt : std::optional(TakeComparison{comparison_->takeId, mode}));
    return;
  }
  // What was on screen before; else the one made before it, else any.
  TakePointer other = takes_.find(shownBefore_);
  for (const TakePointer& take : takes_.takes()) {
    if (other == nullptr && take->id != takes_.shownId()) {
      other = take;
    } else if (take->id == takes_.shownId()) {
      break;
    } else if (other != nullptr && other->id != shownBefore_) {
      other = take;
    }
  }
  if (other == nullptr || other->id == takes_.shownId()) {
    Q_EMIT notice(tr("There is no other take to compare with yet."));
    return;
  }
  compare(TakeComparison{other->id, mode});
}

void Session::setPreview(std::shared_ptr<const Motion> preview) {
  if (preview_ != preview) {
    preview_ = std::move(preview);
    Q_EMIT previewChanged();
  }
}

void Session::setSeed(std::uint64_t seed) {
  seed_ = seed;
  Q_EMIT projectChanged();
}

void Session::newSeed() {
  std::random_device device;
  setSeed(device() % 9000 + 1000);
}

void Session::setQuality(Quality quality) {
  quality_ = quality;
  Q_EMIT projectChanged();
}

void Session::setSampling(SamplingWishes wishes) {
  if (sampling_ == wishes) {
    return;
  }
  sampling_ = std::move(wishes);
  forgetRequest();
  settingsChanged_ = true;
  Q_EMIT projectChanged();
}

void Session::setReferences(int count) {
  references_ = std::clamp(count, 0, kMostReferences);
  Q_EMIT projectChanged();
}

void Session::setWishes(ReferenceWishes wishes) {
  if (wishes_ == wishes) {
    return;
  }
  wishes_ = std::move(wishes);
  forgetRequest();
  settingsChanged_ = true;
  Q_EMIT projectChanged();
}

bool Session::isPinned(const ShownReference& reference) const {
  return std::any_of(wishes_.pins.begin(), wishes_.pins.end(), [&](const ReferencePin& pin) {
    return pin.clipId == reference.clipId && (pin.prompt.empty() || pin.prompt == reference.prompt);
  });
}

void Session::togglePin(const ShownReference& reference) {
  ReferenceWishes wishes = wishes_;
  if (isPinned(reference)) {
    std::erase_if(wishes.pins, [&](const ReferencePin& pin) {
      return pin.clipId == reference.clipId && (pin.prompt.empty() || pin.prompt == reference.prompt);
    });
  } else {
    std::erase(wishes.forbidden, reference.clipId);
    wishes.pins.push_back({reference.clipId, std::nullopt, reference.prompt});
  }
  setWishes(std::move(wishes));
}

void Session::toggleForbidden(const std::string& clipId) {
  ReferenceWishes wishes = wishes_;
  if (std::erase(wishes.forbidden, clipId) == 0) {
    std::erase_if(wishes.pins, [&](const ReferencePin& pin) { return pin.clipId == clipId; });
    wishes.forbidden.push_back(clipId);
  }
  setWishes(std::move(wishes));
}

Status Session::followFile(const std::filesystem::path& file) {
  Result<DraftRequest> draft = draftFromFile(file);
  if (!draft) {
    return draft.error();
  }
  follow(std::filesystem::absolute(file).string(), std::move(*draft));
  return {};
}

void Session::followTake(const Take& take) { follow(std::to_string(take.number), draftFromTake(take)); }

void Session::followNothing() { follow({}, std::nullopt); }

void Session::follow(std::string source, std::optional<DraftRequest> draft) {
  draftSource_ = std::move(source);
  draft_ = std::move(draft);
  forgetRequest();
  settingsChanged_ = true;
  Q_EMIT projectChanged();
}

RequestOptions Session::optionsNow() const {
  RequestOptions options;
  options.seed = seed_;
  options.quality = quality_;
  options.sampling = sampling_;
  options.automaticReferences = references_;
  options.wishes = wishes_;
  options.draft = draft_;
  options.sounds = heard_.sounds;  // as far as they are known; the job listens for itself
  return options;
}

Status Session::start(const RequestOptions& options) { return jobs_.start(timeline(), options, path_.parent_path()); }

void Session::remember(const HeardClips& clips) {
  heard_ = clips;
  forgetRequest();
  if (clips.problems.empty()) {
    return;
  }
  const QString first = QString::fromStdString(clips.problems.front());
  const int others = int(clips.problems.size()) - 1;
  Q_EMIT notice(others == 0   ? first
                : others == 1 ? tr("%1 One more recording cannot be heard.").arg(first)
                              : tr("%1 %2 more recordings cannot be heard.").arg(first).arg(others));
}

bool Session::knowsSounds() const {
  const std::vector<std::string> files = soundFilesOf(timeline());
  return std::all_of(files.begin(), files.end(), [&](const std::string& file) {
    return std::find(heard_.files.begin(), heard_.files.end(), file) != heard_.files.end();
  });
}

void Session::askForChanges(RequestOptions& options) const {
  const TakePointer shown = takes_.shown();
  const auto& stale = staleSpans();
  if (shown != nullptr && shown->request.seed == seed_ && stale && !stale->empty()) {
    options.base = shown;
    askForSpans(options, *stale, {Ticks{0}, timeline().settings().duration});
  }
}

Status Session::generate() {
  RequestOptions options = optionsNow();
  const TakePointer shown = takes_.shown();
  if (shown != nullptr && shown->request.quality == quality_) {
    askForChanges(options);
  }
  return start(options);
}

Result<GenerationRequest> Session::changedRequest(Quality quality) const {
  RequestOptions options = optionsNow();
  options.quality = quality;
  askForChanges(options);
  return buildRequest(timeline(), options);
}

Status Session::generateWhole() { return start(optionsNow()); }

Status Session::regenerate() {
  if (!selection_.time()) {
    return Error{ErrorCode::InvalidArgument,
                 tr("No time is selected; drag over the ruler to select the part to make anew.")
                     .toStdString()};
  }
  RequestOptions options = optionsNow();
  options.timeSelection = selection_.time()->span();
  options.base = takes_.shown();
  return start(options);
}

Status Session::takeOver(const std::string& takeId, const TimeSelection& selection) {
  const TakePointer shown = takes_.shown(), donor = takes_.find(takeId);
  if (shown == nullptr || donor == nullptr) {
    return Error{ErrorCode::InvalidArgument, tr("There is no take to take frames from.").toStdString()};
  }
  FrameRange frames = framesCovering(selection.hold, kEngineRate);
  frames = {std::max<std::int64_t>(frames.start, 0), std::min(frames.end, shown->result.motion->frameCount())};
  const Result<Splice> splice = spliceTakes(*shown, *donor, frames, splicePlacing(timeline(), frames));
  if (!splice) {
    return splice.error();
  }
  RequestOptions options = optionsNow();
  askForJoins(options, *splice, frames, selection.falloffIn, selection.falloffOut);
  return jobs_.start(timeline(), options, path_.parent_path(), spliceLine(*splice, *donor, frames));
}

Pose Session::poseAt(Ticks time) const {
  if (preview_) {
    return evaluate(*preview_, time);
  }
  if (const TakePointer take = takes_.shown(); take && take->result.motion) {
    return evaluate(*take->result.motion, time);
  }
  return restPose(*kinescore22());
}

std::optional<ObjectId> Session::trackOf(TrackKind kind, const QString& stepName, GestureId gesture) {
  for (const auto& track : timeline().tracks()) {
    if (track->kind == kind && !track->locked) {
      return track->id;
    }
  }
  const auto patch = addTrack(timeline(), document_.ids(), kind, kindName(kind).toStdString());
  if (!document_.edit(stepName, patch, gesture)) {
    return std::nullopt;
  }
  return patch->changes.front().id;
}

bool Session::pinPose(std::optional<ObjectId> on) {
  const GestureId gesture = document_.newGesture();
  const auto track = on ? on : trackOf(TrackKind::Pose, tr("Pin pose"), gesture);
  if (!track) {
    return false;
  }
  const Ticks at = ticksOfFrame(playback_.frame(), rate());
  const Result<TimelinePatch> patch = kinescore::pinPose(timeline(), document_.ids(), *track, at, poseAt(at));
  if (!document_.edit(tr("Pin pose"), patch, gesture)) {
    return false;
  }
  for (const auto& clip : timeline().clipsOf(*track)) {
    if (clip->span.start == at) {
      selection_.selectClip(clip->id);
    }
  }
  return true;
}

bool Session::pathFromTake() {
  const TakePointer take = takes_.shown();
  if (take == nullptr) {
    Q_EMIT problem(tr("There is no take yet to take a path from; generate first."));
    return false;
  }
  const auto track = trackOf(TrackKind::Path, tr("Add path track"));
  if (!track) {
    return false;
  }
  Clip clip;
  clip.trackId = *track;
  clip.name = tr("Path from take %1").arg(take->number).toStdString();
  const Ticks end = std::min(timeline().settings().playRange.end, take->result.motion->duration());
  clip.span = {timeline().settings().playRange.start, end};
  PathCondition path;
  // One point a second, and the last frame.
  for (Ticks t{0}; t < clip.span.length(); t += Ticks{kTicksPerSecond}) {
    path.points.push_back({t, floorOf(poseAt(clip.span.start + t)), std::nullopt});
  }
  const Ticks last = clip.span.length() - ticksOfFrame(1, rate());
  if (!path.points.empty() && last - path.points.back().time > Ticks{kTicksPerSecond / 4}) {
    path.points.push_back({last, floorOf(poseAt(clip.span.start + last)), std::nullopt});
  }
  clip.condition = std::move(path);
  const auto patch = addClip(timeline(), document_.ids(), clip);
  if (!document_.edit(tr("Path from take"), patch)) {
    return false;
  }
  selection_.selectClip(patch->changes.front().id);
  return true;
}

std::optional<ObjectId> Session::pathToEdit() {
  if (const auto id = selection_.singleClip()) {
    const auto clip = timeline().findClip(*id);
    if (clip && std::holds_alternative<PathCondition>(clip->condition)) {
      return id;
    }
  }
  for (const auto& track : timeline().tracks()) {
    if (track->kind == TrackKind::Path && !track->locked && !timeline().clipsOf(track->id).empty()) {
      const ObjectId id = timeline().clipsOf(track->id).front()->id;
      selection_.selectClip(id);
      return id;
    }
  }
  const auto track = trackOf(TrackKind::Path, tr("Add path track"));
  if (!track) {
    return std::nullopt;
  }
  Clip clip;
  clip.trackId = *track;
  clip.name = tr("Path").toStdString();
  clip.span = timeline().settings().playRange;
  PathCondition path;
  path.points.push_back({Ticks{0}, floorOf(poseAt(clip.span.start)), std::nullopt});
  clip.condition = std::move(path);
  const auto patch = addClip(timeline(), document_.ids(), clip);
  if (!document_.edit(tr("Add path"), patch)) {
    return std::nullopt;
  }
  selection_.selectClip(patch->changes.front().id);
  return patch->changes.front().id;
}

void Session::followSettings() {
  const TimelineSettings& settings = timeline().settings();
  playback_.setTimeline(settings.playRange, settings.duration, settings.rate);
}

}  // namespace kinescore
