#include "engine/train/crop_loader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "engine/core/random.h"
#include "engine/generation/features.h"
#include "engine/train/caption_texts.h"

namespace kinescore {
namespace {

constexpr std::int64_t kShortestClip = 16;
constexpr int kShortestOverlap = 6;
constexpr std::uint64_t kOrderStream = 1, kDrawStream = 2;

/// A piece in memory, with what draws need.
struct OpenShard {
  struct Segment {
    int clip, caption;
    double weight;  // running sum
  };
  std::vector<LibraryClip> clips;          // without their motion
  std::vector<MotionFeatures> features;
  std::vector<Segment> segments;
};
using ShardPointer = std::shared_ptr<const OpenShard>;

Result<ShardPointer> openShard(const Shard& shard, Split split, const std::map<std::string, double>& actionWeights) {
  Result<Library> library = loadLibrary(shard.file);
  if (!library) return library.error();
  auto open = std::make_shared<OpenShard>();
  double running = 0;
  for (LibraryClip& clip : library->clips) {
    if (clip.split != split || clip.motion.frameCount() < kShortestClip || clip.captions.empty()) continue;
    for (std::size_t k = 0; k < clip.captions.size(); ++k) {
      const Caption& caption = clip.captions[k];
      const auto weight = actionWeights.find(caption.action);
      if (caption.frames.length() < kShortestOverlap || weight == actionWeights.end()) continue;
      running += weight->second * std::min(double(caption.frames.length()), kMostCountedFrames);
      open->segments.push_back({int(open->clips.size()), int(k), running});
    }
    open->features.push_back(featuresFromMotion(clip.motion));
    clip.motion = {};
    open->clips.push_back(std::move(clip));
  }
  return ShardPointer(std::move(open));
}

}  // namespace

void mirrorFeatures(std::vector<float>& values) {
  std::array<float, kFeatureCount> from{};
  for (std::size_t at = 0; at + kFeatureCount <= values.size(); at += kFeatureCount) {
    float* row = values.data() + at;
    std::copy_n(row, kFeatureCount, from.begin());
    row[kRootChannel] = -row[kRootChannel];
    row[kHeadingChannel + 1] = -row[kHeadingChannel + 1];
    for (int j = 0; j < kJointCount22; ++j) {
      const int to = kMirrorJoint22[j];
      for (const int channel : {kPositionChannel, kVelocityChannel}) {
        for (int i = 0; i < 3; ++i) row[channel + 3 * to + i] = i == 0 ? -from[channel + 3 * j] : from[channel + 3 * j + i];
      }
      // With M the mirror about x = 0 a turn R becomes M·R·M: signs change where just one index is x.
      const float* turn = &from[kRotationChannel + 6 * j];
      float* mirrored = row + kRotationChannel + 6 * to;
      for (int i = 0; i < 6; ++i) mirrored[i] = i == 1 || i == 2 || i == 3 ? -turn[i] : turn[i];
    }
    for (int k = 0; k < 4; ++k) row[kContactChannel + k] = from[kContactChannel + (k + 2) % 4];
  }
}

/// Threads take the lowest batch nobody has begun; while enough are ready they open pieces for later.
class CropLoader::State {
 public:
  State(ShardSet set, const CropLoaderOptions& options) : set_(std::move(set)), options_(options) {
    std::map<std::string, double> actionFrames;
    for (const Shard& shard : set_.shards) {
      if (const auto found = shard.actionFrames.find(options_.split); found != shard.actionFrames.end()) {
        for (const auto& [action, frames] : found->second) actionFrames[action] += frames;
      }
    }
    for (const auto& [action, frames] : actionFrames) {
      if (frames > 0) actionWeights_[action] = 1 / std::sqrt(frames);
      splitFrames_ += frames;
    }
    for (const Shard& shard : set_.shards) {
      double weight = 0;
      if (const auto found = shard.actionFrames.find(options_.split); found != shard.actionFrames.end()) {
        for (const auto& [action, frames] : found->second) weight += frames > 0 ? frames * actionWeights_[action] : 0;
      }
      weights_.push_back(weight);
      total_ += weight;
    }
    epoch_ = std::max<std::int64_t>(1, std::llround(2 * splitFrames_ / double(options_.batch * options_.frames)));
    nextToMake_ = nextToGive_ = options_.firstBatch;
  }

  ~State() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  [[nodiscard]] bool isEmpty() const { return !(total_ > 0); }
  [[nodiscard]] std::int64_t epoch() const { return epoch_; }

  void start() {
    for (int t = 0; t < std::max(1, options_.threads); ++t) threads_.emplace_back([this] { work(); });
  }

  Result<CropBatch> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failure_ || ready_.contains(nextToGive_); });
    const auto found = ready_.find(nextToGive_);
    if (found == ready_.end()) return *failure_;
    CropBatch batch = std::move(found->second);
    ready_.erase(found);
    ++nextToGive_;
    dropOld();
    lock.unlock();
    changed_.notify_all();
    return batch;
  }

 private:
  struct Slot {
    bool isLoading = false;
    ShardPointer shard;
  };

  /// The pieces a batch is drawn from: those together at its place in the epoch's order.
  std::vector<int> roundOf(std::int64_t batch) const {
    const std::int64_t epoch = batch / epoch_;
    std::vector<int> order;
    for (int s = 0; s < int(weights_.size()); ++s) {
      if (weights_[std::size_t(s)] > 0) order.push_back(s);
    }
    CounterRandom random(options_.seed, std::uint64_t(epoch), kOrderStream);
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    const double place = (double(batch % epoch_) + 0.5) / double(epoch_) * total_;
    const auto together = std::size_t(std::max(1, options_.together));
    double running = 0;
    for (std::size_t first = 0; first < order.size(); first += together) {
      const std::size_t last = std::min(first + together, order.size());
      for (std::size_t i = first; i < last; ++i) running += weights_[std::size_t(order[i])];
      if (place < running || last == order.size()) return {order.begin() + std::ptrdiff_t(first), order.begin() + std::ptrdiff_t(last)};
    }
    return order;
  }

  /// The pieces after those of `batch`.
  std::vector<int> roundAfter(std::int64_t batch) const {
    const std::vector<int> now = roundOf(batch);
    std::int64_t low = batch, high = batch + epoch_;
    if (now.size() == std::size_t(std::count_if(weights_.begin(), weights_.end(), [](double w) { return w > 0; }))) return now;
    while (high - low > 1) {  // the first batch with other pieces, within the epoch
      const std::int64_t middle = (low + high) / 2;
      (middle / epoch_ == batch / epoch_ && roundOf(middle) == now ? low : high) = middle;
    }
    return roundOf(high);
  }

  void dropOld() {
    std::set<int> wanted;
    for (std::int64_t batch = nextToGive_; batch <= nextToGive_ + options_.ahead; ++batch) {
      for (const int s : roundOf(batch)) wanted.insert(s);
    }
    for (const int s : roundAfter(nextToGive_ + options_.ahead)) wanted.insert(s);
    std::erase_if(open_, [&](const auto& entry) { return !entry.second.isLoading && !wanted.contains(entry.first); });
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (!stopping_ && !failure_) {
      if (nextToMake_ < nextToGive_ + options_.ahead) {
        const std::int64_t number = nextToMake_++;
        makeBatch(number, lock);
        continue;
      }
      const std::optional<int> later = missingOf(roundAfter(nextToMake_ - 1));
      if (later) {
        load(*later, lock);
      } else {
        changed_.wait(lock);
      }
    }
  }

  std::optional<int> missingOf(const std::vector<int>& pieces) {
    for (const int s : pieces) {
      const auto found = open_.find(s);
      if (found == open_.end()) return s;
    }
    return std::nullopt;
  }

  void load(int s, std::unique_lock<std::mutex>& lock) {
    open_[s].isLoading = true;
    lock.unlock();
    Result<ShardPointer> shard = openShard(set_.shards[std::size_t(s)], options_.split, actionWeights_);
    lock.lock();
    if (!shard) {
      failure_ = shard.error();
    } else {
      open_[s] = {false, std::move(*shard)};
    }
    changed_.notify_all();
  }

  void makeBatch(std::int64_t number, std::unique_lock<std::mutex>& lock) {
    const std::vector<int> pieces = roundOf(number);
    std::vector<ShardPointer> shards;
    for (const int s : pieces) {
      while (!stopping_ && !failure_) {
        const auto found = open_.find(s);
        if (found == open_.end()) {
          load(s, lock);
        } else if (found->second.isLoading) {
          changed_.wait(lock);
        } else {
          shards.push_back(found->second.shard);
          break;
        }
      }
      if (stopping_ || failure_) return;
    }
    lock.unlock();
    CropBatch batch{number, {}};
    double sum = 0;
    for (const ShardPointer& shard : shards) sum += shard->segments.empty() ? 0 : shard->segments.back().weight;
    for (int slot = 0; slot < options_.batch && sum > 0; ++slot) {
      CounterRandom random(options_.seed, std::uint64_t(number), (kDrawStream << 32) | std::uint64_t(slot));
      double target = random.uniform() * sum;
      std::size_t piece = 0;
      for (; piece + 1 < shards.size(); ++piece) {
        const double weight = shards[piece]->segments.empty() ? 0 : shards[piece]->segments.back().weight;
        if (target < weight) break;
        target -= weight;
      }
      if (shards[piece]->segments.empty()) continue;
      batch.crops.push_back(draw(pieces[piece], *shards[piece], target, random));
    }
    lock.lock();
    if (batch.crops.empty()) {
      failure_ = Error{ErrorCode::BadInput, "the pieces of the library do not hold what their list says; make them anew."};
    } else {
      ready_.emplace(number, std::move(batch));
    }
    changed_.notify_all();
  }

  LoadedCrop draw(int piece, const OpenShard& shard, double target, CounterRandom& random) const {
    const auto at = std::upper_bound(shard.segments.begin(), shard.segments.end(), target,
                                     [](double value, const OpenShard::Segment& s) { return value < s.weight; });
    const OpenShard::Segment& segment = at == shard.segments.end() ? shard.segments.back() : *at;
    const LibraryClip& clip = shard.clips[std::size_t(segment.clip)];
    const MotionFeatures& features = shard.features[std::size_t(segment.clip)];
    const FrameRange span = clip.captions[std::size_t(segment.caption)].frames;
    LoadedCrop crop;
    crop.shard = piece;
    crop.clip = segment.clip;
    crop.quality = clip.quality;
    crop.flatFloor = clip.flatFloor;
    crop.mirrored = random.uniform() < 0.5;
    crop.frames = int(std::min<std::int64_t>(options_.frames, features.frames)) / 2 * 2;
    // 60 % with the segment's start, 40 % anywhere that has at least a third of a second of it
    std::int64_t start = span.start;
    if (random.uniform() < 0.6) {
      start += std::int64_t(random.uniform(-3, 4));
      const std::int64_t slack = span.length() - options_.frames;
      if (slack > 0 && random.uniform() < 0.5) start += std::int64_t(random.uniform() * double(slack));
    } else {
      const std::int64_t margin = std::min<std::int64_t>(10, span.length());
      const std::int64_t low = span.start - options_.frames + margin, high = span.end - margin;
      start = low + std::int64_t(random.uniform() * double(high - low + 1));
    }
    crop.start = std::clamp<std::int64_t>(start, 0, features.frames - crop.frames);
    const auto first = features.values.begin() + crop.start * kFeatureCount;
    crop.values.assign(first, first + std::ptrdiff_t(crop.frames) * kFeatureCount);
    if (crop.mirrored) mirrorFeatures(crop.values);
    moveToWindow(crop.values, spaceOfFrame(std::span<const float>(crop.values).first(kFeatureCount)));
    for (const Caption& caption : clip.captions) {
      const std::int64_t from = caption.frames.start - crop.start, to = caption.frames.end - crop.start;
      const double pick = random.uniform();
      if (std::min<std::int64_t>(to, crop.frames) - std::max<std::int64_t>(from, 0) < kShortestOverlap) continue;
      const std::string& wording = pick < 0.45 ? caption.textA : pick < 0.8 ? caption.textB : caption.textC;
      const std::string& words = wording.empty() ? caption.textA : wording;
      crop.texts.push_back({crop.mirrored ? mirroredCaption(words) : words, int(from), int(to)});
    }
    return crop;
  }

  ShardSet set_;
  CropLoaderOptions options_;
  std::map<std::string, double> actionWeights_;
  std::vector<double> weights_;  // of each piece
  double total_ = 0, splitFrames_ = 0;
  std::int64_t epoch_ = 1;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int, Slot> open_;
  std::map<std::int64_t, CropBatch> ready_;
  std::optional<Error> failure_;
  std::int64_t nextToMake_ = 0, nextToGive_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

CropLoader::CropLoader(std::unique_ptr<State> state) : state_(std::move(state)) {}
CropLoader::~CropLoader() = default;

Result<std::unique_ptr<CropLoader>> CropLoader::open(ShardSet shards, const CropLoaderOptions& options) {
  if (options.batch < 1 || options.frames < 2 || options.ahead < 1 || options.firstBatch < 0) {
    return Error{ErrorCode::InvalidArgument, "A batch needs at least one crop of two frames."};
  }
  auto state = std::make_unique<State>(std::move(shards), options);
  if (state->isEmpty()) return Error{ErrorCode::BadInput, "The pieces hold no captioned clips of the split to train on."};
  state->start();
  return std::unique_ptr<CropLoader>(new CropLoader(std::move(state)));
}

Result<CropBatch> CropLoader::next() { return state_->next(); }
std::int64_t CropLoader::batchesAnEpoch() const { return state_->epoch(); }

}  // namespace kinescore
