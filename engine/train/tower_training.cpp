#include "engine/train/tower_training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "engine/core/files.h"
#include "engine/core/random.h"
#include "engine/storage/safetensors.h"
#include "engine/train/caption_texts.h"
#include "engine/train/tower_gradient.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kShortestFrames = 12;
constexpr int kMostPieces = 30;              // of a moment, 6 s
constexpr float kSameMeaning = 0.8f;         // cosine above which captions are no negatives (model.md §8)
constexpr float kPooledDropped = 0.2f;
constexpr float kSentenceNoise = 0.02f;      // standard deviation of each value
constexpr std::int64_t kSaveSteps = 250, kTellSteps = 25;
constexpr std::uint64_t kStartStream = 0x746f776572, kDrawStream = 0x64726177;
constexpr const char* kKind = "kinescore-tower-checkpoint";

/// One captioned moment, as it is and mirrored.
struct Moment {
  struct View {
    std::vector<float> pieces;              // [pieces][kTowerPieceInput], normalised later
    std::vector<std::vector<float>> texts;  // inputs of the text net, a wording each
    int pieceCount() const { return int(pieces.size()) / kTowerPieceInput; }
  };
  View views[2];
  std::vector<float> meaning;               // of all wordings
  double weight = 1;                        // running sum
};

struct Data {
  std::vector<Moment> moments;
  std::string hash;
};

Status addWordings(const Caption& caption, bool isMirrored, const SentenceVector& vectorOf, Moment::View& view,
                   std::vector<std::vector<float>>& said) {
  for (const std::string* text : {&caption.textA, &caption.textB, &caption.textC}) {
    if (text->empty()) continue;
    const std::string words = isMirrored ? mirroredCaption(*text) : *text;
    Result<std::vector<float>> vector = vectorOf(words);
    if (!vector) return vector.error();
    view.texts.push_back(towerTextInput(*vector, namedSides(words)));
    said.push_back(std::move(*vector));
  }
  return {};
}

Result<Data> gather(const Library& library, const SentenceVector& vectorOf, std::stop_token stop) {
  Data data;
  data.hash = contentHashOf(library);
  std::map<std::string, int> ofAction;
  std::vector<std::string> actions;
  for (const LibraryClip& clip : library.clips) {
    if (clip.split != Split::Train || clip.captions.empty()) continue;
    const Motion other = mirrored(clip.motion);
    for (const Caption& caption : clip.captions) {
      if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Training was stopped before its first step; nothing was written."};
      if (caption.frames.length() < kShortestFrames) continue;
      Moment moment;
      std::vector<std::vector<float>> said, saidMirrored;
      if (Status added = addWordings(caption, false, vectorOf, moment.views[0], said); !added) return added.error();
      if (Status added = addWordings(caption, true, vectorOf, moment.views[1], saidMirrored); !added) return added.error();
      if (said.empty()) continue;
      moment.meaning = meanDirection(said);
      moment.views[0].pieces = towerPieces(clip.motion, caption.frames);
      moment.views[1].pieces = towerPieces(other, caption.frames);
      ++ofAction[caption.action];
      actions.push_back(caption.action);
      data.moments.push_back(std::move(moment));
    }
  }
  if (data.moments.size() < 2) return Error{ErrorCode::BadInput, "The library holds no captioned clips of the split to train on."};
  double sum = 0;
  // An action by the square root of how often it is there, as the network's own training.
  for (std::size_t i = 0; i < data.moments.size(); ++i) data.moments[i].weight = sum += 1 / std::sqrt(double(ofAction[actions[i]]));
  return data;
}

/// Means and spreads over all pieces; the spread of a group, so that still joints do not explode.
void measurePieces(const Data& data, TowerParameters& p) {
  std::vector<double> mean(kTowerPieceInput, 0), square(kTowerPieceInput, 0);
  double count = 0;
  for (const Moment& moment : data.moments) {
    for (const Moment::View& view : moment.views) {
      for (std::size_t i = 0; i < view.pieces.size(); ++i) {
        mean[i % kTowerPieceInput] += view.pieces[i];
        square[i % kTowerPieceInput] += double(view.pieces[i]) * view.pieces[i];
      }
      count += view.pieceCount();
    }
  }
  double jointSpread = 0;
  const auto spreadOf = [&](int i) { return std::sqrt(std::max(square[i] / count - mean[i] * mean[i] / (count * count), 1e-6)); };
  const auto isJoint = [](int i) { return i % kTowerPoseValues < 3 * kJointCount22; };
  for (int i = 0; i < kTowerPieceInput; ++i) {
    if (isJoint(i)) jointSpread += spreadOf(i) / (kTowerSamples * 3 * kJointCount22);
  }
  for (int i = 0; i < kTowerPieceInput; ++i) {
    p.pieceMean[i] = float(mean[i] / count);
    p.pieceScale[i] = float(1 / (isJoint(i) ? jointSpread : spreadOf(i)));
  }
}

void normalisePieces(Data& data, const TowerParameters& p) {
  for (Moment& moment : data.moments) {
    for (Moment::View& view : moment.views) {
      for (std::size_t i = 0; i < view.pieces.size(); ++i) {
        const std::size_t c = i % kTowerPieceInput;
        view.pieces[i] = (view.pieces[i] - p.pieceMean[c]) * p.pieceScale[c];
      }
    }
  }
}

TowerParameters startingTower(std::uint64_t seed) {
  TowerParameters p = TowerParameters::empty();
  std::uint64_t number = 0;
  for (TowerParameters::Array& array : p.arrays()) {
    CounterRandom random(seed, kStartStream, number++);
    if (!array.isLearned || array.shape.size() < 2) continue;
    const double spread = std::sqrt(1.0 / double(array.shape[1]));
    for (float& v : *array.values) v = float(spread * random.normal());
  }
  return p;
}

class BatchDrawer {
 public:
  BatchDrawer(const Data& data, const TowerTrainOptions& options) : data_(data), options_(options) {}

  TowerBatch draw(std::int64_t step) const {
    TowerBatch batch;
    std::vector<const Moment*> drawn;
    std::vector<float> pieces, texts;
    batch.keep.resize(options_.batch, 2 * kTowerMotionHidden);
    batch.firstPiece = {0};
    for (int slot = 0; slot < options_.batch; ++slot) {
      CounterRandom random(options_.seed ^ kDrawStream, std::uint64_t(step), std::uint64_t(slot));
      drawn.push_back(&drawMoment(random));
      const Moment::View& view = drawn.back()->views[random.below(2)];
      addText(view.texts[random.below(view.texts.size())], random, texts);
      addPieces(view, random, pieces);
      batch.firstPiece.push_back(int(pieces.size()) / kTowerPieceInput);
      for (Eigen::Index h = 0; h < batch.keep.cols(); ++h) {
        batch.keep(slot, h) = random.uniform() < kPooledDropped ? 0.0f : 1 / (1 - kPooledDropped);
      }
    }
    batch.texts = Eigen::Map<const TowerMatrix>(texts.data(), options_.batch, kTowerTextInput);
    batch.pieces = Eigen::Map<const TowerMatrix>(pieces.data(), batch.firstPiece.back(), kTowerPieceInput);
    maskAlike(drawn, batch);
    return batch;
  }

 private:
  const Moment& drawMoment(CounterRandom& random) const {
    const double target = random.uniform() * data_.moments.back().weight;
    const auto found = std::lower_bound(data_.moments.begin(), data_.moments.end(), target,
                                        [](const Moment& moment, double value) { return moment.weight <= value; });
    return found == data_.moments.end() ? data_.moments.back() : *found;
  }

  static void addText(const std::vector<float>& input, CounterRandom& random, std::vector<float>& texts) {
    for (int i = 0; i < kTowerTextInput; ++i) {
      texts.push_back(input[i] + (i < kTowerSentence ? kSentenceNoise * float(random.normal()) : 0.0f));
    }
  }

  static void addPieces(const Moment::View& view, CounterRandom& random, std::vector<float>& pieces) {
    const int count = std::min(view.pieceCount(), kMostPieces);
    const auto start = std::int64_t(random.below(std::uint64_t(view.pieceCount() - count + 1)));
    const auto first = view.pieces.begin() + start * kTowerPieceInput;
    pieces.insert(pieces.end(), first, first + std::int64_t(count) * kTowerPieceInput);
  }

  static void maskAlike(const std::vector<const Moment*>& drawn, TowerBatch& batch) {
    const auto count = Eigen::Index(drawn.size());
    TowerMatrix meanings(count, Eigen::Index(drawn[0]->meaning.size()));
    for (Eigen::Index i = 0; i < count; ++i) {
      meanings.row(i) = Eigen::Map<const Eigen::Matrix<float, 1, Eigen::Dynamic>>(drawn[std::size_t(i)]->meaning.data(), meanings.cols());
    }
    batch.masked = ((meanings * meanings.transpose()).array() > kSameMeaning).cast<float>().matrix();
    batch.masked.diagonal().setZero();
  }

  const Data& data_;
  const TowerTrainOptions& options_;
};

/// AdamW.
class Stepper {
 public:
  explicit Stepper(TowerParameters start) : parameters(std::move(start)), first(TowerParameters::empty()), second(TowerParameters::empty()) {}

  void step(TowerParameters& gradient, std::int64_t number, double rate, double decay) {
    constexpr double kFirst = 0.9, kSecond = 0.98;
    const double firstScale = 1 / (1 - std::pow(kFirst, double(number))), secondScale = 1 / (1 - std::pow(kSecond, double(number)));
    auto values = parameters.arrays(), slopes = gradient.arrays(), firsts = first.arrays(), seconds = second.arrays();
    for (std::size_t a = 0; a < values.size(); ++a) {
      if (!values[a].isLearned) continue;
      const double shrink = values[a].shape.size() > 1 ? rate * decay : 0;
      for (std::size_t i = 0; i < values[a].values->size(); ++i) {
        const double slope = (*slopes[a].values)[i];
        float& m = (*firsts[a].values)[i];
        float& v = (*seconds[a].values)[i];
        float& value = (*values[a].values)[i];
        m = float(kFirst * m + (1 - kFirst) * slope);
        v = float(kSecond * v + (1 - kSecond) * slope * slope);
        value = float(value - shrink * value - rate * (m * firstScale) / (std::sqrt(v * secondScale) + 1e-8));
      }
    }
  }

  TowerParameters parameters, first, second;
};

fs::path checkpointOf(const TowerTrainOptions& options) { return options.run / "tower-checkpoint.safetensors"; }

std::string identityOf(const Data& data, const TowerTrainOptions& o) {
  return data.hash + " " + std::to_string(o.batch) + " " + std::to_string(o.seed) + " " + std::to_string(o.steps);
}

Status saveCheckpoint(Stepper& stepper, std::int64_t step, double loss, const std::string& identity, const TowerTrainOptions& options) {
  SafetensorsWriter writer;
  writer.setMetadata("kind", kKind);
  writer.setMetadata("step", std::to_string(step));
  writer.setMetadata("loss", std::to_string(loss));
  writer.setMetadata("identity", identity);
  for (const auto& [prefix, parameters] : {std::pair{"value.", &stepper.parameters}, {"first.", &stepper.first}, {"second.", &stepper.second}}) {
    for (const TowerParameters::Array& array : parameters->arrays()) writer.addFloats(prefix + std::string(array.name), array.shape, *array.values);
  }
  return saveFileSafely(checkpointOf(options), writer.write());
}

/// The step it goes on from; 0 when there is no checkpoint. `loss` is the last one told.
Result<std::int64_t> loadCheckpoint(Stepper& stepper, double& loss, const std::string& identity, const TowerTrainOptions& options) {
  std::error_code ignored;
  if (!fs::exists(checkpointOf(options), ignored)) return std::int64_t(0);
  const Result<SafetensorsFile> file = SafetensorsFile::load(checkpointOf(options));
  if (!file) return file.error();
  const auto& told = file->metadata();
  const auto step = told.find("step"), of = told.find("identity");
  if (step == told.end() || of == told.end() || of->second != identity) {
    return Error{ErrorCode::BadInput, "“" + checkpointOf(options).string() +
                                          "” is of another library or other settings; remove it or name another folder."};
  }
  for (const auto& [prefix, parameters] : {std::pair{"value.", &stepper.parameters}, {"first.", &stepper.first}, {"second.", &stepper.second}}) {
    for (const TowerParameters::Array& array : parameters->arrays()) {
      const Result<TensorView> tensor = file->require(prefix + std::string(array.name), array.shape);
      if (!tensor) return tensor.error();
      *array.values = tensor->toFloats();
    }
  }
  if (const auto last = told.find("loss"); last != told.end()) loss = std::strtod(last->second.c_str(), nullptr);
  return std::int64_t(std::strtoll(step->second.c_str(), nullptr, 10));
}

double rateAt(std::int64_t step, const TowerTrainOptions& options) {
  const double warm = std::min(1.0, double(step) / 100), share = double(step) / double(options.steps);
  return options.learningRate * warm * (0.02 + 0.98 * 0.5 * (1 + std::cos(M_PI * std::min(share, 1.0))));
}

}  // namespace

Result<TowerTrainSummary> trainTower(const Library& library, const SentenceVector& vectorOf, const TowerTrainOptions& options,
                                     const std::function<void(const TowerTrainStatus&)>& progress, std::stop_token stop) {
  if (options.steps < 1 || options.batch < 2) return Error{ErrorCode::InvalidArgument, "The tower needs at least one step, of at least two pairs."};
  std::error_code error;
  fs::create_directories(options.run, error);
  if (error) return Error{ErrorCode::IoFailed, "The folder “" + options.run.string() + "” could not be made: " + error.message() + "."};
  Result<Data> data = gather(library, vectorOf, stop);
  if (!data) return data.error();
  Stepper stepper(startingTower(options.seed));
  measurePieces(*data, stepper.parameters);
  normalisePieces(*data, stepper.parameters);
  const std::string identity = identityOf(*data, options);
  TowerTrainSummary summary;
  Result<std::int64_t> begun = loadCheckpoint(stepper, summary.loss, identity, options);
  if (!begun) return begun.error();
  summary.captions = int(data->moments.size());
  const BatchDrawer drawer(*data, options);
  TowerParameters gradient = TowerParameters::empty();
  const auto start = std::chrono::steady_clock::now();
  double sum = 0;
  std::int64_t counted = 0, step = *begun;
  while (step < options.steps && !stop.stop_requested()) {
    sum += towerLoss(stepper.parameters, drawer.draw(step), options.temperature, gradient);
    ++counted;
    ++step;
    stepper.step(gradient, step, rateAt(step, options), options.weightDecay);
    if (step % kSaveSteps == 0) {
      if (Status saved = saveCheckpoint(stepper, step, summary.loss, identity, options); !saved) return saved.error();
    }
    if (step % kTellSteps != 0) continue;
    summary.loss = sum / double(counted);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (progress) progress({step, options.steps, summary.loss, seconds / double(step - *begun) * double(options.steps - step)});
    sum = 0;
    counted = 0;
  }
  if (Status saved = saveCheckpoint(stepper, step, summary.loss, identity, options); !saved) return saved.error();
  summary.stopped = step < options.steps;
  summary.step = step;
  summary.parameters = std::move(stepper.parameters);
  return summary;
}

}  // namespace kinescore
