// From the engine's callbacks, which come on its thread, to signals on the window's. A cancelled job
// is forgotten at once; what it still sends is dropped by its number.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>
#include <QTimer>

#include "engine/generation/motion_service.h"
#include "engine/request/build_request.h"
#include "engine/request/heard_clips.h"
#include "ui/document/take_list.h"

namespace kinescore {

/// What a job was started with, so that it can be started again.
struct JobOrder {
  Timeline timeline;
  RequestOptions options;
  std::filesystem::path folder;
  std::optional<ReportLine> firstLine;
};

/// A job that is over; it stays in the list until it is closed.
struct EndedJob {
  enum class How { Done, Failed, Cancelled } how = How::Done;
  JobId id = 0;
  int takeNumber = 0;
  std::optional<FrameRange> range;
  QString sentence;    // why it failed
  std::string takeId;  // what it made
  JobOrder order;
};

struct GenerationJob {
  JobId id = 0;
  JobOrder order;
  int takeNumber = 0;
  GenerationRequest request;
  TakePointer base;  // of a time selection; kept although the take may be deleted meanwhile
  GenerationProgress progress;
  bool listens = false;  // a recording had to be listened to: a part of its time
};

class GenerationJobs : public QObject {
  Q_OBJECT

 public:
  GenerationJobs(MotionService& service, TakeList& takes, QObject* parent = nullptr);
  ~GenerationJobs() override;

  /// Takes a snapshot of the timeline; edits made afterwards are the next take's. Recordings of its sound clips, named
  /// from `folder`, are listened to on the engine's thread when the job's turn comes, each once until its file changes.
  /// `firstLine` heads the report of its take.
  Status start(const Timeline& timeline, const RequestOptions& options, const std::filesystem::path& folder = {},
               std::optional<ReportLine> firstLine = std::nullopt);
  /// In the order they will finish; the first is the one being worked on.
  [[nodiscard]] const std::vector<GenerationJob>& jobs() const { return jobs_; }
  [[nodiscard]] bool isBusy() const { return !jobs_.empty(); }
  /// The running job, or nothing. Returns at once.
  void cancelCurrent();
  /// Running or waiting; nothing for one that is over.
  void cancel(JobId id);
  /// The latest last.
  [[nodiscard]] const std::vector<EndedJob>& ended() const { return ended_; }
  /// The same again, as it was ordered; it leaves the list of those that ended.
  Status retry(JobId ended);
  void close(JobId ended);
  void closeAll();
  void cancelAll();

 Q_SIGNALS:
  /// Jobs came, went or passed into another phase.
  void changed();
  /// The job being worked on moved on within its phase. Told ten times a second at most: a window that draws every
  /// step of the engine anew answers its user late.
  void progressed();
  /// For a job that goes on now, with what was heard and without what could not be.
  void listened(const kinescore::HeardClips& clips);
  void takeReady(const kinescore::TakePointer& take);
  void failed(int takeNumber, const QString& sentence);
  void cancelled(int takeNumber);

 private:
  struct Inbox;
  JobCallbacks callbacks() const;
  /// Answers on the engine's thread.
  MotionService::RequestMaker listeningMaker(const Timeline& timeline, const RequestOptions& options,
                                             std::vector<std::string> files, const std::filesystem::path& folder) const;
  void onListened(JobId id, GenerationRequest request, const HeardClips& clips);
  void onProgress(JobId id, const GenerationProgress& progress);
  void onFinished(JobId id, Result<GeneratedMotion> result);
  std::vector<GenerationJob>::iterator findJob(JobId id);

  MotionService& service_;
  TakeList& takes_;
  void end(const GenerationJob& job, EndedJob::How how, const QString& sentence = {}, const std::string& takeId = {});

  std::vector<GenerationJob> jobs_;
  std::vector<EndedJob> ended_;
  QTimer tell_;  // of progress
  std::shared_ptr<SoundMemory> sounds_;  // the engine's thread alone uses it
  std::shared_ptr<Inbox> inbox_;  // outlives this object for callbacks that are late
};

}  // namespace kinescore
