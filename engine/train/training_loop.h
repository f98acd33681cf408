// What happens between the steps of a training run, whatever network it trains: waiting, telling, validating, saving,
// and knowing when it is over.
#pragma once

#include <chrono>
#include <string>

#include "engine/train/flat_learner.h"
#include "engine/train/loss_record.h"
#include "engine/train/trainer.h"

namespace kinescore {

/// Means since they were last told.
struct RunFigures {
  double loss = 0, featureLoss = 0;
};

/// A network in training, as the loop sees it.
class Trainee {
 public:
  virtual ~Trainee() = default;
  /// `share` in 0 … 1: how much of the run is done.
  virtual StepReport step(double share) = 0;
  virtual LearnerProgress& progress() = 0;
  /// Looks at held-out data and tells `status`. Answers the number that the record draws; 0: there is none.
  virtual double validate(TrainStatus& status, bool isLast) = 0;
  /// A checkpoint, and beside it the weights as they would be used.
  virtual Status save(const RunFigures& figures) = 0;
};

class TrainingLoop {
 public:
  TrainingLoop(const TrainOptions& options, const TrainProgress& progress, std::stop_token stop);

  /// Until the options' end or a stop; everything is saved then. Summary without validation and weights' path apart
  /// from the usual one.
  [[nodiscard]] Result<TrainSummary> run(Trainee& trainee);
  /// Tells what is going on beside steps; also before the run.
  void note(const std::string& text) const;
  [[nodiscard]] const std::stop_token& stop() const { return stop_; }

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] double share() const;
  [[nodiscard]] bool isFinished() const { return share() >= 1; }
  [[nodiscard]] TrainStatus now() const;
  void waitForLock();
  void oneStep();
  void tellStatus();
  void validate();
  [[nodiscard]] Status save();

  const TrainOptions& options_;
  const TrainProgress& progress_;
  std::stop_token stop_;
  LossRecord record_;
  Trainee* trainee_ = nullptr;
  Clock::time_point start_ = Clock::now(), lastCheckpoint_, lastValidation_;
  double hoursBefore_ = 0, secondsPerStep_ = 0;
  double loss_ = 0, featureLoss_ = 0, gradient_ = 0;
  RunFigures last_;
  int counted_ = 0, skipped_ = 0;
};

}  // namespace kinescore
