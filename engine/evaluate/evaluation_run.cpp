#include "engine/evaluate/evaluation_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <mutex>
#include <numeric>
#include <optional>

#include "engine/core/files.h"
#include "engine/evaluate/evaluation_requests.h"
#include "engine/evaluate/protocol_items.h"
#include "engine/evaluate/sensed_items.h"
#include "engine/network/worker.h"
#include "engine/storage/json.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

// `count` numbers below `all`, evenly spread.
std::vector<int> spread(int all, int count) {
  std::vector<int> numbers;
  if (count <= 0 || count >= all) {
    numbers.resize(std::size_t(all));
    std::iota(numbers.begin(), numbers.end(), 0);
  }
  for (int i = 0; i < count && count < all; ++i) numbers.push_back(int(std::int64_t(i) * all / count));
  return numbers;
}

struct Item {
  std::string kind;
  int number = 0;
  double cost = 0;  // frames to be performed, about
  bool needsModel = false;
  std::function<Result<nlohmann::json>(ModelUnderTest*)> work;
};

class Run {
 public:
  Run(const EvaluationQuestion& question, const fs::path& folder, const EvaluationSink& progress, std::stop_token stop)
      : q_(question), folder_(folder), progress_(progress), stop_(stop), protocol_(question, stop) {}

  Status perform(bool withReferences) {
    if (Status ready = protocol_.prepare(); !ready) return ready;
    listStretches(withReferences);
    if (!q_.textsOnly) {
      listConstraints();
      listSensed();
    }
    std::vector<Item> open;
    double doneCost = 0;
    for (Item& item : items_) {
      std::error_code ignored;
      if (fs::exists(itemFile(folder_, item.kind, item.number), ignored)) {
        ++done_;
        continue;
      }
      costLeft_ += item.cost;
      open.push_back(std::move(item));
    }
    all_ = int(items_.size());
    std::vector<std::unique_ptr<Worker>> workers;
    std::size_t next = 0;
    Status failure;
    for (int w = 0; w < std::max(1, q_.jobs); ++w) {
      workers.push_back(std::make_unique<Worker>());
      workers.back()->start([&] {
        std::unique_ptr<ModelUnderTest> model;
        for (;;) {
          const Item* item = nullptr;
          {
            std::lock_guard lock(mutex_);
            if (next >= open.size() || !failure || stop_.stop_requested()) return;
            item = &open[next++];
          }
          const Status worked = workOn(*item, model);
          std::lock_guard lock(mutex_);
          if (!worked) {
            if (failure) failure = worked;
            return;
          }
          doneCost += item->cost;
          ++done_;
          tell(*item, doneCost);
        }
      });
    }
    std::exception_ptr thrown;
    for (auto& worker : workers) {
      try {
        worker->wait();
      } catch (...) {
        thrown = std::current_exception();
      }
    }
    if (thrown) std::rethrow_exception(thrown);
    if (stop_.stop_requested()) return evaluationStopped();
    return failure;
  }

 private:
  template <class Work>
  void add(std::string kind, int number, double cost, bool needsModel, Work work) {
    items_.push_back({std::move(kind), number, cost, needsModel, work});
  }

  void listStretches(bool withReferences) {
    const EvaluationSplit& split = protocol_.split();
    const double seeds = double(q_.manifest->seeds.size());
    std::vector<Column> columns = {Column::Real, Column::Copy, Column::Plain};
    if (withReferences) columns.push_back(Column::Referenced);
    for (const int i : spread(int(split.stretches.size()), q_.limit)) {
      const double frames = double(split.stretches[i].frames.length());
      for (const Column column : columns) {
        const bool performs = column == Column::Plain || column == Column::Referenced;
        add(nameOf(column), i, performs ? frames * seeds : frames / 8, performs,
            [this, column, i](ModelUnderTest* model) { return protocol_.stretch(column, i, model); });
      }
    }
  }

  void listConstraints() {
    const EvaluationSplit& split = protocol_.split();
    for (const int i : spread(int(split.inbetweens.size()), q_.limit)) {
      const double cost = double(split.inbetweens[i].frames.length()) * double(q_.manifest->inbetweenSeeds.size());
      add(kInbetweenKind, i, cost, true, [this, i](ModelUnderTest* model) { return protocol_.inbetween(i, model); });
    }
    const double few = double(q_.manifest->constraintSeeds.size());
    for (const int i : spread(int(split.keys.size()), q_.limit)) {
      add(kKeysKind, i, few * double(split.keys[i].frames.length()), true, [this, i](ModelUnderTest* model) { return protocol_.keys(i, model); });
    }
    for (const int i : spread(int(split.paths.size()), q_.limit)) {
      add(kPathKind, i, few * double(split.paths[i].frames.length()), true, [this, i](ModelUnderTest* model) { return protocol_.path(i, model); });
    }
  }

  // How well a body that is seen is told, and a beat that is heard is kept.
  void listSensed() {
    const EvaluationSplit& split = protocol_.split();
    const std::vector<int> seen = viewedStretches(q_), heard = beatenStretches(q_);
    for (const int i : spread(int(seen.size()), q_.limit)) {
      const EvaluationInbetween& item = split.inbetweens[seen[i]];
      items_.push_back({kViewKind, seen[i], double(item.frames.length()), true,
                        [this, &item](ModelUnderTest* model) { return measureView(q_, item, *model, stop_); }});
    }
    for (const int i : spread(int(heard.size()), q_.limit)) {
      const EvaluationStretch& item = split.stretches[heard[i]];
      const double tempo = tempoOf(i, int(heard.size()));
      items_.push_back({kBeatKind, heard[i], double(kBeatFrames) * double(q_.manifest->constraintSeeds.size()), true,
                        [this, &item, tempo](ModelUnderTest* model) { return measureBeat(q_, item, tempo, *model, stop_); }});
    }
  }

  Status workOn(const Item& item, std::unique_ptr<ModelUnderTest>& model) {
    if (item.needsModel && !model) {
      auto opened = q_.openModel();
      if (!opened) return opened.error();
      model = std::move(*opened);
    }
    auto made = item.work(model.get());
    if (!made) return made.error().withContext("“" + item.kind + "” " + std::to_string(item.number));
    return saveFileSafely(itemFile(folder_, item.kind, item.number), made->dump() + "\n");
  }

  void tell(const Item& item, double doneCost) const {
    if (!progress_) return;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const double left = doneCost > 0 ? seconds / doneCost * (costLeft_ - doneCost) : -1;
    progress_({done_, all_, left, item.kind});
  }

  const EvaluationQuestion& q_;
  const fs::path& folder_;
  const EvaluationSink& progress_;
  std::stop_token stop_;
  ProtocolItems protocol_;
  std::vector<Item> items_;
  std::mutex mutex_;
  int done_ = 0, all_ = 0;
  double costLeft_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

EvaluationHeader headerOf(const EvaluationQuestion& q, const ModelUnderTest& model) {
  EvaluationHeader h;
  h.split = nameOf(q.split);
  h.manifestHash = q.manifest->hash;
  h.modelHash = model.modelHash();
  h.evaluatorHash = q.evaluators->hash;
  h.evaluatorSet = std::string(1, char(q.evaluatorSet));
  h.quality = nameOf(q.quality);
  h.deviceName = model.deviceName();
  h.precisionPath = model.precisionPath();
  h.guidance = q.guidance.value_or(Guidance{}.textScale);
  h.beginnings = q.beginnings.value_or(samplerOptionsOf(q.quality).audition.beginnings);
  h.limit = q.limit;
  h.poolSize = q.manifest->poolSize;
  h.bootstraps = q.manifest->bootstraps;
  h.bootstrapSeed = q.manifest->bootstrapSeed;
  const auto& stretches = q.evaluators->trainStretches;
  h.knownActions = int(std::count_if(stretches.begin(), stretches.end(), [](int n) { return n >= kFewStretches; }));
  return h;
}

Status openFolder(const fs::path& folder, const EvaluationHeader& header) {
  std::error_code failed;
  fs::create_directories(folder / "items", failed);
  if (failed) return Error{ErrorCode::IoFailed, "The folder “" + folder.string() + "” could not be made: " + failed.message() + "."};
  auto there = loadEvaluation(folder);
  if (there) {
    const EvaluationHeader& h = there->header;
    if (!h.isSameQuestion(header) || h.modelHash != header.modelHash || h.quality != header.quality || h.guidance != header.guidance || h.beginnings != header.beginnings || h.precisionPath != header.precisionPath) {
      return Error{ErrorCode::InvalidArgument, "“" + folder.string() + "” holds an evaluation of another model or question; name another folder."};
    }
    return {};
  }
  if (there.error().code != ErrorCode::NotFound) return there.error();
  return saveFileSafely(headerFile(folder), jsonFrom(header).dump(1) + "\n");
}

}  // namespace

Result<EvaluationRecords> runEvaluation(const EvaluationQuestion& question, const fs::path& folder,
                                        const EvaluationSink& progress, std::stop_token stop) {
  if (Status allowed = checkMayBeEvaluatedOn(*question.library); !allowed) return allowed.error();
  if (Status fits = checkManifest(*question.manifest, question.split, *question.library); !fits) return fits.error();
  try {
    auto model = question.openModel();
    if (!model) return model.error();
    const bool withReferences = (*model)->hasReferences();
    if (Status opened = openFolder(folder, headerOf(question, **model)); !opened) return opened.error();
    model->reset();
    if (Status done = Run(question, folder, progress, stop).perform(withReferences); !done) return done.error();
  } catch (const std::exception& e) {  // torch reports by throwing
    const std::string what = e.what();
    return Error{ErrorCode::EngineFailed, "The evaluation stopped with a fault: " + what.substr(0, what.find('\n'))};
  }
  return loadEvaluation(folder);
}

Result<std::vector<SheetRow>> performSheet(const EvaluationQuestion& question, ModelUnderTest& model, int rows, std::stop_token stop) {
  const EvaluationSplit& split = question.manifest->splits.at(question.split);
  std::vector<SheetRow> sheet;
  for (const int i : spread(int(split.stretches.size()), rows)) {
    const EvaluationStretch& stretch = split.stretches[i];
    auto made = model.perform(stretchRequest(stretch, question.manifest->seeds.front(), question.quality, false), stop);
    if (!made) return made.error();
    sheet.push_back({stretch.clip, stretch.textC, question.library->findClip(stretch.clip)->motion.slice(stretch.frames), std::move(made->after)});
  }
  return sheet;
}

}  // namespace kinescore
