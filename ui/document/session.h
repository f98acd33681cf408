// One open project with everything that is going on in it: timeline, takes, selection, playhead,
// jobs. The window only shows it and calls it; it is tested without one.
#pragma once

#include <filesystem>
#include <optional>

#include <QDateTime>
#include <QObject>
#include <QString>

#include "engine/motion/kinematics.h"
#include "ui/document/generation_jobs.h"
#include "ui/document/playback.h"
#include "ui/document/project_store.h"
#include "ui/document/selection.h"
#include "ui/document/take_list.h"
#include "ui/document/timeline_document.h"

namespace kinescore {

/// Another take beside or over the shown one, in step with it.
struct TakeComparison {
  enum class Mode { SideBySide, Overlaid };
  std::string takeId;
  Mode mode = Mode::SideBySide;
  bool operator==(const TakeComparison&) const = default;
};

class Session : public QObject {
  Q_OBJECT

 public:
  Session(MotionService& service, ProjectStore& store, std::unique_ptr<IdSource> ids,
          Playback::Clock clock = {}, QObject* parent = nullptr);

  [[nodiscard]] TimelineDocument& document() { return document_; }
  [[nodiscard]] const Timeline& timeline() const { return document_.timeline(); }
  [[nodiscard]] TakeList& takes() { return takes_; }
  [[nodiscard]] Selection& selection() { return selection_; }
  [[nodiscard]] Playback& playback() { return playback_; }
  [[nodiscard]] GenerationJobs& jobs() { return jobs_; }
  [[nodiscard]] FrameRate rate() const { return timeline().settings().rate; }

  // The project.
  void newProject();
  Status open(const std::filesystem::path& path, OpenAs as = OpenAs::Project);
  Status save();
  Status saveAs(const std::filesystem::path& path);
  /// The session goes on with the project it has.
  Status saveCopy(const std::filesystem::path& path);
  /// An earlier version, or work that a crash cut off, as a project without a name.
  Status openVersion(const RecoverableVersion& version);
  /// The project as it is now, its files named in full.
  [[nodiscard]] ProjectDocument documentNow() const { return store_.documentOf(contents()); }
  /// Frames a second that new projects begin with.
  [[nodiscard]] FrameRate newProjectRate() const { return newProjectRate_; }
  void setNewProjectRate(FrameRate rate) { newProjectRate_ = rate; }
  [[nodiscard]] bool hasPath() const { return !path_.empty(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] QString name() const;
  [[nodiscard]] bool isChanged() const;
  /// Invalid when never saved.
  [[nodiscard]] QDateTime savedAt() const { return savedAt_; }
  /// New, or opened from a place that must not be written to (a sample): saving asks where to.
  [[nodiscard]] bool saveNeedsPath() const { return saveNeedsPath_ || isReadOnly() || path_.empty(); }
  /// Open elsewhere, of a newer version, in a folder that takes no files: it is changed, but saved only under another name.
  [[nodiscard]] bool isReadOnly() const { return !readOnlyReason_.isEmpty(); }
  [[nodiscard]] QString readOnlyReason() const { return readOnlyReason_; }
  /// A save is going on.
  [[nodiscard]] bool isSaving() const { return isSaving_; }
  /// Why the last attempt to save failed; empty after one that did not.
  [[nodiscard]] QString saveProblem() const { return saveProblem_; }
  /// Not empty: edits are not kept against a crash at the moment, and why.
  [[nodiscard]] QString journalProblem() const { return QString::fromStdString(store_.journalProblem()); }

  /// Files of sound and video that clips name and that are not where they were.
  [[nodiscard]] std::vector<std::string> missingFiles() const;
  /// The same as it was when the project was opened or a file was found; asks no disk.
  [[nodiscard]] const std::vector<std::string>& filesKnownMissing() const { return filesKnownMissing_; }
  /// Names `found` instead, and what else is missing and lies around it. One step of the history.
  bool relink(const std::string& file, const std::filesystem::path& found);

  // Generating.
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  void setSeed(std::uint64_t seed);
  void newSeed();
  [[nodiscard]] Quality quality() const { return quality_; }
  void setQuality(Quality quality);
  /// What is set by hand of how the next take is sampled.
  [[nodiscard]] const SamplingWishes& sampling() const { return sampling_; }
  void setSampling(SamplingWishes wishes);
  /// Captured moments that the engine finds for each prompt, 0 … 3.
  [[nodiscard]] int references() const { return references_; }
  void setReferences(int count);
  /// Captured moments that are pinned to prompts or never shown, from the next generation on.
  [[nodiscard]] const ReferenceWishes& wishes() const { return wishes_; }
  void setWishes(ReferenceWishes wishes);
  [[nodiscard]] bool isPinned(const ShownReference& reference) const;
  /// Pins a clip to the prompt it was shown beside, its best moment for it; or takes the pin away.
  void togglePin(const ShownReference& reference);
  void toggleForbidden(const std::string& clipId);
  /// The rough motion that the next generation follows frame by frame; nothing: none.
  [[nodiscard]] const std::optional<DraftRequest>& draft() const { return draft_; }
  [[nodiscard]] bool isFollowed(const Take& take) const { return draftSource_ == std::to_string(take.number); }
  /// A BVH file of any usual skeleton.
  Status followFile(const std::filesystem::path& file);
  void followTake(const Take& take);
  void followNothing();
  /// What was changed since the shown take, all else bit for bit; the whole timeline where there is no take, or another
  /// seed or quality, or nothing changed. Recordings of sound clips are listened to first; one that cannot be heard is
  /// left out with a notice.
  Status generate();
  /// What generate() asks for now, at another quality; without the sounds that were not listened to yet.
  [[nodiscard]] Result<GenerationRequest> changedRequest(Quality quality) const;
  /// The whole timeline, whatever changed.
  Status generateWhole();
  /// Frames of another take in place of the shown one's: the hold is its, both falloffs are made anew as joins.
  Status takeOver(const std::string& takeId, const TimeSelection& selection);
  /// The time selection on the shown take; the rest stays bit for bit.
  Status regenerate();
  /// What the last job heard in the recordings of sound clips.
  [[nodiscard]] const HeardClips& heard() const { return heard_; }
  /// Conditions, wishes and the draft that differ from what a request asks for.
  [[nodiscard]] int changesSince(const GenerationRequest& request) const;
  /// The same, from what the shown take was made of; 0 means up to date.
  [[nodiscard]] int changesSinceShown() const;
  /// Where the shown take has not heard of what the timeline asks for now: what generate() makes. Nothing at all: the
  /// whole.
  [[nodiscard]] const std::optional<std::vector<TimeRange>>& staleSpans() const;
  /// The clips that it has not heard of, as people call them ("“walk forward”", "Pose at 48"); at most `most`, then how
  /// many more.
  [[nodiscard]] QStringList staleNames(int most) const;
  /// True for a clip that the shown take has not heard of as it is now.
  [[nodiscard]] bool isStale(const Clip& clip) const;

  // What is on screen.
  [[nodiscard]] const std::optional<TakeComparison>& comparison() const { return comparison_; }
  /// Null when nothing is compared, or with what is shown itself.
  [[nodiscard]] TakePointer comparedTake() const;
  void compare(std::optional<TakeComparison> comparison);
  /// With the neighbour of the shown take that was shown before it, else the one made before it; again: off.
  void toggleComparison(TakeComparison::Mode mode);
  /// A rough motion that stands for a take while something is dragged; null: the shown take.
  void setPreview(std::shared_ptr<const Motion> preview);
  [[nodiscard]] const std::shared_ptr<const Motion>& preview() const { return preview_; }
  [[nodiscard]] Pose poseAt(Ticks time) const;
  /// Pins the pose on screen at the playhead on this track, else on the first unlocked pose track, made when missing.
  bool pinPose(std::optional<ObjectId> track = std::nullopt);
  /// The shown take's root over the ground as a path clip over the play range.
  bool pathFromTake();
  /// A path clip to draw on: the selected or first one, else a new one with the root's place as its
  /// first point. Its id, or nothing when it was refused.
  std::optional<ObjectId> pathToEdit();
  /// The first unlocked track of a kind, or a new one.
  std::optional<ObjectId> trackOf(TrackKind kind, const QString& stepName, GestureId gesture = kNoGesture);

 Q_SIGNALS:
  /// Name, saved state, seed, quality.
  void projectChanged();
  /// Whether a save is going on has changed; shown at once, since saving holds everything up.
  void savingChanged();
  /// The project's file was read or written just now.
  void stored();
  /// A project was opened, or files were found, and some are still missing.
  void filesMissing();
  void comparisonChanged();
  void previewChanged();
  /// A sentence that concerns the timeline or the project.
  void problem(const QString& sentence);
  /// The same, where everything goes on.
  void notice(const QString& sentence);
  /// An answer to what somebody asked; nothing is wrong.
  void told(const QString& sentence);

 private:
  Status saveTo(const std::filesystem::path& path);
  [[nodiscard]] ProjectContents contents() const;
  void show(ProjectContents contents, const std::filesystem::path& path);
  void tellRecovered(const ProjectContents& contents);
  void lookForFiles();
  void follow(std::string source, std::optional<DraftRequest> draft);
  [[nodiscard]] RequestOptions optionsNow() const;
  void askForChanges(RequestOptions& options) const;
  Status start(const RequestOptions& options);
  void followSettings();
  void remember(const HeardClips& clips);
  /// Whether everything that the sound clips name was listened to: else what is heard cannot be compared.
  [[nodiscard]] bool knowsSounds() const;
  [[nodiscard]] const GenerationRequest* requestNow() const;
  [[nodiscard]] bool hasHeard(const GenerationRequest& heard, const Clip& clip) const;

  ProjectStore& store_;
  TimelineDocument document_;
  TakeList takes_;
  Selection selection_;
  Playback playback_;
  GenerationJobs jobs_;

  std::vector<std::string> filesKnownMissing_;
  std::filesystem::path path_;
  bool saveNeedsPath_ = false;
  FrameRate newProjectRate_ = TimelineSettings{}.rate;
  QString readOnlyReason_;
  bool isSaving_ = false;
  QString saveProblem_;
  bool isApplyingRecovered_ = false;  // the store keeps those edits already
  QDateTime savedAt_;
  std::uint64_t savedTakes_ = 0;
  std::uint64_t seed_ = 1;
  Quality quality_ = Quality::Good;
  SamplingWishes sampling_;
  int references_ = kUsualReferences;
  ReferenceWishes wishes_;
  bool settingsChanged_ = false;  // wishes, sampling or draft, since the last save
  std::string draftSource_;       // a file or the number of a take; empty: none
  std::optional<DraftRequest> draft_;

  HeardClips heard_;  // by the last job
  std::optional<TakeComparison> comparison_;
  std::string shownBefore_, shownNow_;
  std::shared_ptr<const Motion> preview_;

  // What the engine would be asked, kept until the next edit.
  void forgetRequest() { requestRevision_ = staleRevision_ = 0; }
  mutable std::uint64_t requestRevision_ = 0;
  mutable std::optional<GenerationRequest> request_;
  mutable std::uint64_t staleRevision_ = 0;
  mutable std::string staleOf_;  // the take
  mutable std::optional<std::vector<TimeRange>> stale_;
};

/// Name of a track kind as headers show it ("Text", "Poses").
[[nodiscard]] QString kindName(TrackKind kind);

/// How many conditions of two requests differ; a changed one counts once. Without `comparesSounds` what was heard in
/// recordings does not count.
[[nodiscard]] int countDifferences(const GenerationRequest& a, const GenerationRequest& b, bool comparesSounds = true);

}  // namespace kinescore
