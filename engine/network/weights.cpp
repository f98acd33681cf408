#include "engine/network/weights.h"

#include <algorithm>

#include <ATen/ATen.h>

#include "engine/network/kinescore_generator.h"
#include "engine/core/files.h"
#include "engine/core/hash.h"
#include "engine/network/model_mean.h"
#include "engine/network/tensor_files.h"
#include "engine/storage/json.h"
#include "engine/storage/safetensors.h"

namespace kinescore {
namespace {

constexpr const char* kArchitecture = "kinescore-1";
constexpr std::uint64_t kLargestFile = 1ull << 30;
constexpr const char *kNet = "net.", *kCoarseNet = "coarse.net.";

void addNumbers(SafetensorsWriter& writer, const std::string& prefix, const ModelParts& parts) {
  for (const ParameterSpec& spec : parts.specs) {
    writer.addFloatsAsHalf(prefix + spec.name, spec.shape, floatsOf(parts.values).subspan(spec.offset, spec.count()));
  }
}

/// Sizes from the card, numbers from the file.
Status readNumbers(const SafetensorsFile& file, const std::string& prefix, const nlohmann::json& card, ModelParts& parts) {
  auto config = configFromJson(card.contains("sizes") ? card["sizes"] : nlohmann::json());
  if (!config) return config.error();
  parts.config = *config;
  parts.specs = networkParameters(parts.config);
  parts.values = at::zeros({parameterCount(parts.specs)}, at::kFloat);
  for (const ParameterSpec& spec : parts.specs) {
    auto tensor = readTensor(file, prefix + spec.name, spec.shape);
    if (!tensor) return tensor.error();
    parts.values.narrow(0, spec.offset, spec.count()).copy_(tensor->flatten());
  }
  return {};
}

}  // namespace

std::vector<NamedTensor> constantsOf(MotionPrior& prior) {
  return {{"prior.mean", {kPosePatch}, &prior.mean},
          {"prior.directions", {kPosePatch, kPosePatch}, &prior.directions},
          {"prior.variances", {kPosePatch}, &prior.variances},
          {"prior.lags", {kPosePatch, kMaxPatches}, &prior.lags},
          {"prior.root_mean", {kRootChannels, kWindowFrames}, &prior.rootMean},
          {"prior.root_modes", {kRootChannels, kWindowFrames, kRootModes}, &prior.rootModes},
          {"prior.root_centre", {kRootChannels}, &prior.rootCentre},
          {"prior.root_scale", {kRootChannels}, &prior.rootScale},
          {"prior.pose_centre", {kPoseChannels}, &prior.poseCentre},
          {"prior.pose_scale", {kPoseChannels}, &prior.poseScale}};
}

void addConstants(SafetensorsWriter& writer, const ModelParts& parts) {
  MotionPrior prior = parts.prior;  // tensors are shared, not copied
  for (const NamedTensor& constant : constantsOf(prior)) {
    writer.addFloats(constant.name, constant.shape, floatsOf(*constant.tensor));
  }
  writer.addFloats("statistics.mean", {kFeatureCount}, parts.statistics.mean);
  writer.addFloats("statistics.deviation", {kFeatureCount}, parts.statistics.deviation);
}

Status readConstants(const SafetensorsFile& file, ModelParts& parts) {
  for (const NamedTensor& constant : constantsOf(parts.prior)) {
    auto tensor = readTensor(file, constant.name, constant.shape);
    if (!tensor) return tensor.error();
    *constant.tensor = *tensor;
  }
  for (auto [name, to] : {std::pair{"statistics.mean", &parts.statistics.mean},
                          std::pair{"statistics.deviation", &parts.statistics.deviation}}) {
    auto view = file.require(name, {kFeatureCount});
    if (!view) return view.error();
    *to = view->toFloats();
  }
  const auto positive = [](float value) { return value > 0; };
  const auto& deviation = parts.statistics.deviation;
  if (!at::all(parts.prior.variances > 0).item<bool>() || !at::all(parts.prior.rootScale > 0).item<bool>() ||
      !std::all_of(deviation.begin(), deviation.end(), positive)) {
    return Error{ErrorCode::BadInput, "A deviation in it is not positive."};
  }
  return {};
}

std::filesystem::path cardPath(const std::filesystem::path& weights) {
  std::filesystem::path card = weights;
  return card.replace_extension(".json");
}

Status saveModel(const ModelParts& parts, const std::filesystem::path& weights, nlohmann::json about) {
  SafetensorsWriter writer;
  writer.setMetadata("architecture", kArchitecture);
  addNumbers(writer, kNet, parts);
  if (parts.coarse) addNumbers(writer, kCoarseNet, *parts.coarse);
  // what everything else is measured in stays exact
  addConstants(writer, parts);
  const std::string bytes = writer.write();
  nlohmann::json card = std::move(about);
  card["architecture"] = kArchitecture;
  card["sizes"] = jsonFromConfig(parts.config);
  card["parameters"] = parameterCount(parts.specs);
  if (!parts.coarse) {
    card.erase("coarse");
  } else {
    card["coarse"]["sizes"] = jsonFromConfig(parts.coarse->config);
    card["coarse"]["parameters"] = parameterCount(parts.coarse->specs);
    card["coarse"]["below_log_snr"] = kCoarseBelow;
  }
  card["sha256"] = sha256Hex(bytes);
  if (auto saved = saveFileSafely(weights, bytes); !saved) return saved;
  return saveFileSafely(cardPath(weights), card.dump(1) + "\n");
}

namespace {

/// A file of weights that is the one its card describes.
struct WholeFile {
  std::string bytes, hash;
  nlohmann::json card;
};

Result<WholeFile> readWhole(const std::filesystem::path& weights) {
  const std::string name = weights.filename().string();
  auto cardBytes = readFile(cardPath(weights), 1 << 20);
  if (!cardBytes) return cardBytes.error().withContext("The card of the weights “" + name + "” could not be read");
  auto card = parseJson(*cardBytes, "card of the weights “" + name + "”");
  if (!card) return card.error();
  const auto text = [&](const char* key) {
    const auto found = card->is_object() ? card->find(key) : card->end();
    return found != card->end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (text("architecture") == "gem") {
    return Error{ErrorCode::Unsupported,
                 "The weights “" + name + "” are GEM's, which --model gem:FILE performs, not Kinescore's own."};
  }
  if (text("architecture") != kArchitecture) {
    return Error{ErrorCode::Unsupported, "The weights “" + name + "” are of another architecture (“" +
                                             text("architecture") + "”) than this version can run."};
  }
  auto bytes = readFile(weights, kLargestFile);
  if (!bytes) return bytes.error().withContext("The weights “" + name + "” could not be read");
  std::string hash = sha256Hex(*bytes);
  if (hash != text("sha256")) {
    return Error{ErrorCode::BadInput, "The weights “" + name + "” are damaged or not those that their card describes; "
                                      "install Kinescore again, or put the right file in their place."};
  }
  return WholeFile{std::move(*bytes), std::move(hash), std::move(*card)};
}

}  // namespace

Status checkWeights(const std::filesystem::path& weights) {
  const Result<WholeFile> whole = readWhole(weights);
  return whole ? Status() : Status(whole.error());
}

Result<LoadedModel> loadModel(const std::filesystem::path& weights) {
  Result<WholeFile> whole = readWhole(weights);
  if (!whole) return whole.error();
  LoadedModel model;
  model.hash = std::move(whole->hash);
  const std::string name = weights.filename().string();
  nlohmann::json* const card = &whole->card;
  auto file = SafetensorsFile::read(std::move(whole->bytes));
  const std::string damaged = "The weights “" + name + "” are damaged";
  if (!file) return file.error().withContext(damaged);

  ModelParts& parts = model.parts;
  if (Status read = readNumbers(*file, kNet, *card, parts); !read) return read.error().withContext(damaged);
  if (Status read = readConstants(*file, parts); !read) return read.error().withContext(damaged);
  if (card->contains("coarse")) {
    auto coarse = std::make_shared<ModelParts>(ModelParts{.statistics = parts.statistics, .prior = parts.prior});
    if (Status read = readNumbers(*file, kCoarseNet, (*card)["coarse"], *coarse); !read) return read.error().withContext(damaged);
    parts.coarse = std::move(coarse);
  }
  model.card = std::move(*card);
  return model;
}

namespace {

Error differs(const char* what) {
  return {ErrorCode::BadInput, std::string("The two models have no mean: their ") + what + " differ."};
}

Result<ModelParts> meanOf(const ModelParts& first, const ModelParts& second, double share) {
  if (!(first.config == second.config) || !first.coarse != !second.coarse) {
    return differs("sizes");
  }
  MotionPrior priors[] = {first.prior, second.prior};  // tensors are shared, not copied
  const auto constants = constantsOf(priors[0]), others = constantsOf(priors[1]);
  for (std::size_t i = 0; i < constants.size(); ++i) {
    if (!at::equal(*constants[i].tensor, *others[i].tensor)) return differs("priors");
  }
  if (first.statistics.mean != second.statistics.mean || first.statistics.deviation != second.statistics.deviation) {
    return differs("statistics");
  }
  ModelParts mean = second;
  mean.values = at::lerp(first.values.to(at::kDouble), second.values.to(at::kDouble), share).to(at::kFloat);
  if (first.coarse) {
    auto coarse = meanOf(*first.coarse, *second.coarse, share);
    if (!coarse) return coarse.error();
    mean.coarse = std::make_shared<const ModelParts>(*std::move(coarse));
  }
  return mean;
}

}  // namespace

Status writeMeanOfModels(const std::filesystem::path& first, const std::filesystem::path& second, double share,
                         const std::filesystem::path& output) {
  const auto one = loadModel(first);
  if (!one) return one.error();
  const auto other = loadModel(second);
  if (!other) return other.error();
  const auto mean = meanOf(one->parts, other->parts, share);
  if (!mean) return mean.error();
  nlohmann::json card = other->card;
  for (const char* figure : {"validation", "loss", "x0_loss"}) {  // nobody measured them of the mean
    card.erase(figure);
    if (card.contains("coarse")) card["coarse"].erase(figure);
  }
  card["mean_of"] = {{{"sha256", one->hash}, {"share", 1 - share}}, {{"sha256", other->hash}, {"share", share}}};
  return saveModel(*mean, output, std::move(card));
}

}  // namespace kinescore
