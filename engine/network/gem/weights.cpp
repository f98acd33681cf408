#include "engine/network/gem/weights.h"

#include <cmath>

#include <ATen/ATen.h>

#include "engine/core/printable.h"
#include "engine/network/gem/motion_vector.h"
#include "engine/network/gem/speech_encoder.h"
#include "engine/network/tensor_files.h"

namespace kinescore::gem {
namespace {

constexpr std::int64_t kTokenChannels = 32;  // of one keypoint

std::string denoiser(const std::string& name) { return kDenoiserPrefix + name; }

// As torch starts a linear map: uniform to ±1/√in, here a normal of that deviation.
constexpr double kLinearGain = 0.5773502691896258;

void addMlp(ParameterList& list, const std::string& name, std::int64_t in, std::int64_t hidden, std::int64_t out) {
  list.linear(name + ".fc1", in, hidden, kLinearGain);
  list.linear(name + ".fc2", hidden, out, kLinearGain);
}

void addGate(ParameterList& list, const std::string& name, std::int64_t width) {
  list.add(name, {1, 1, width}, ParameterStart::Zero);
}

void addDenoiser(ParameterList& list, const Config& config) {
  const std::int64_t w = config.width, inner = w * config.mlpRatio;
  for (std::int64_t i = 0; i < config.layers; ++i) {
    const std::string at = denoiser("blocks." + std::to_string(i) + ".");
    addGate(list, at + "gate_msa", w);
    addGate(list, at + "gate_mlp", w);
    list.norm(at + "norm1", w);
    list.norm(at + "norm2", w);
    for (const char* part : {"query", "key", "value", "proj"}) list.linear(at + "attn." + part, w, w, kLinearGain);
    addMlp(list, at + "mlp", w, inner, w);
  }
  for (std::int64_t i = 0; config.hasText() && i < config.layers; ++i) {
    const std::string at = denoiser("text_encoder_layers." + std::to_string(i) + ".");
    addGate(list, at + "gate_cross_attn", w);
    addGate(list, at + "gate_mlp", w);
    list.norm(at + "norm2", w);
    list.norm(at + "norm3", w);
    list.add(at + "cross_attn.in_proj_weight", {3 * w, w}, ParameterStart::Normal, kLinearGain / std::sqrt(double(w)));
    list.add(at + "cross_attn.in_proj_bias", {3 * w}, ParameterStart::Zero);
    list.linear(at + "cross_attn.out_proj", w, w, kLinearGain);
    addMlp(list, at + "mlp", w, inner, w);
  }
  list.linear(denoiser("embed_timestep.time_embed.0"), w, w, kLinearGain);
  list.linear(denoiser("embed_timestep.time_embed.2"), w, w, kLinearGain);
  if (config.hasText()) list.linear(denoiser("embed_text"), kTextChannels, w, kLinearGain);
  addMlp(list, denoiser("final_layer"), w, w, kMotionChannels);
  addMlp(list, denoiser("pred_cam_head"), w, w, kCameraChannels);
  addMlp(list, denoiser("static_conf_head"), w, w, kContacts);
  list.linear(denoiser("add_cond_linear"), w + kMotionChannels, w, kLinearGain);
}

void addConvolution(ParameterList& list, const std::string& name, std::int64_t in, std::int64_t out) {
  const double scale = kLinearGain / std::sqrt(double(in * kSpeechKernel));
  list.add(name + ".weight", {out, in, kSpeechKernel}, ParameterStart::Normal, scale);
  list.add(name + ".bias", {out}, ParameterStart::Zero);
}

void addSpeechEncoder(ParameterList& list) {
  for (std::size_t i = 0; i < kSpeechBlocks.size(); ++i) {
    const SpeechBlockSize size = kSpeechBlocks[i];
    const std::string at = "audio_encoder." + std::to_string(i) + ".";
    addConvolution(list, at + "conv1", size.in, size.out);
    addConvolution(list, at + "conv2", size.out, size.out);
    list.norm(at + "bn1", size.out);
    list.norm(at + "bn2", size.out);
    if (size.hasShortcut()) {
      addConvolution(list, at + "downsample.0", size.in, size.out);
      list.norm(at + "downsample.1", size.out);
    }
  }
}

// The last map of these embedders starts at zero: what they tell is learnt on top of the rest.
void addConditions(ParameterList& list, const Config& config) {
  const std::int64_t w = config.width;
  list.add("learned_pos_params", {kKeypoints, kTokenChannels}, ParameterStart::Normal, 1);
  list.linear("learned_pos_linear", 2, kTokenChannels, kLinearGain);
  addMlp(list, "embed_noisyobs", kKeypoints * kTokenChannels, 2 * w, w);
  list.linear("cliffcam_embedder.0", 3, w, kLinearGain);
  list.linear("cliffcam_embedder.3", w, w, 0);
  list.linear("cam_angvel_embedder.0", 6, w, kLinearGain);
  list.linear("cam_angvel_embedder.3", w, w, 0);
  list.norm("imgseq_embedder.0", kImageChannels);
  list.linear("imgseq_embedder.1", kImageChannels, w, 0);
  std::vector<std::string> flags = {"f_cliffcam", "f_imgseq", "f_cam_angvel"};
  if (config.hasText()) {
    addMlp(list, "music_embedder", kMusicChannels, 2 * w, w);
    addSpeechEncoder(list);
    list.norm("audio_embedder.0", kSpeechBlocks.back().out);
    list.linear("audio_embedder.1", kSpeechBlocks.back().out, w, 0);
    flags.insert(flags.end(), {"encoded_music", "encoded_audio"});
  }
  for (const std::string& flag : flags) {
    list.linear("cond_exists_embedder." + flag + ".0", w + 1, w, kLinearGain);
    list.linear("cond_exists_embedder." + flag + ".2", w, w, 0);
  }
}

Error refused(const std::string& why) { return {ErrorCode::BadInput, "These are not GEM weights: " + why + "."}; }

std::string shapeText(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t n : shape) text += (text.empty() ? "" : " × ") + std::to_string(n);
  return text.empty() ? "a single number" : text;
}

/// Everything that a file must have, with its shape. The table of positions may be left out.
std::map<std::string, std::vector<std::int64_t>> neededShapes(const Config& config) {
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const ParameterSpec& spec : trainedParameters(config)) shapes[spec.name] = spec.shape;
  for (const ConstantSpec& constant : constantTensors(config)) shapes[constant.name] = constant.shape;
  return shapes;
}

}  // namespace

std::vector<ParameterSpec> trainedParameters(const Config& config) {
  ParameterList list;
  addDenoiser(list, config);
  addConditions(list, config);
  return list.take();
}

std::vector<ConstantSpec> constantTensors(const Config& config) {
  std::vector<ConstantSpec> constants;
  for (std::size_t i = 0; config.hasText() && i < kSpeechBlocks.size(); ++i) {
    for (const char* norm : {"bn1", "bn2", "downsample.1"}) {
      if (norm == std::string("downsample.1") && !kSpeechBlocks[i].hasShortcut()) continue;
      const std::string at = "audio_encoder." + std::to_string(i) + "." + norm;
      constants.push_back({at + ".running_mean", {kSpeechBlocks[i].out}});
      constants.push_back({at + ".running_var", {kSpeechBlocks[i].out}});
    }
  }
  return constants;
}

std::string positionTableName() { return denoiser("sequence_pos_encoder.pe"); }

bool isIgnoredTensor(const std::string& name) {
  return name.ends_with(".num_batches_tracked") || name == denoiser("embed_timestep.sequence_pos_encoder.pe") ||
         (name.starts_with(denoiser("text_encoder_layers.")) && name.ends_with(".motion_pos_encoder.pe"));
}

WeightSource sourceOf(const SafetensorsFile& file) {
  WeightSource source;
  for (const auto& [name, view] : file.tensors()) source.shapes[name] = view.shape;
  source.notes = file.metadata();
  source.read = [&file](const std::string& name) -> Result<at::Tensor> {
    return tensorOf(*file.find(name)).to(at::kFloat);
  };
  return source;
}

WeightSource sourceOf(const SafetensorsOnDisk& file) {
  WeightSource source;
  for (const auto& [name, place] : file.tensors()) source.shapes[name] = place.shape;
  source.notes = file.metadata();
  source.read = [&file](const std::string& name) -> Result<at::Tensor> {
    const Result<OwnedTensor> tensor = file.read(name);
    if (!tensor) return tensor.error();
    return tensorOf(tensor->view()).to(at::kFloat);
  };
  return source;
}

Result<Config> configOfWeights(const WeightSource& source) {
  const auto shapeOf = [&](const std::string& name) {
    const auto found = source.shapes.find(name);
    return found == source.shapes.end() ? std::vector<std::int64_t>() : found->second;
  };
  const std::vector<std::int64_t> input = shapeOf(denoiser("add_cond_linear.bias"));
  const std::vector<std::int64_t> feed = shapeOf(denoiser("blocks.0.mlp.fc1.bias"));
  if (input.size() != 1 || feed.size() != 1 || input[0] <= 0) return refused("the denoiser is not in them");
  Config config;
  config.width = input[0];
  config.mlpRatio = feed[0] / config.width;
  config.wiring = source.shapes.contains(denoiser("embed_text.weight")) ? Wiring::Full : Wiring::Regression;
  config.layers = 0;
  while (source.shapes.contains(denoiser("blocks." + std::to_string(config.layers) + ".gate_msa"))) ++config.layers;
  const auto heads = source.notes.find(kHeadsNote);
  if (heads != source.notes.end()) {
    // at most three digits: anything else is no number of heads
    const std::string& text = heads->second;
    const bool isNumber =
        !text.empty() && text.size() <= 3 && text.find_first_not_of("0123456789") == std::string::npos;
    config.heads = isNumber ? std::stoi(text) : 0;
  }
  if (config.heads <= 0 || config.width % (2 * config.heads) != 0) {
    return refused("a width of " + std::to_string(config.width) + " does not divide into its heads");
  }
  return config;
}

Status checkWeights(const WeightSource& source, const Config& config, const std::string& foreignPrefix) {
  auto needed = neededShapes(config);
  for (const auto& [name, shape] : needed) {
    if (!source.shapes.contains(name)) return refused("the tensor “" + name + "” is missing");
  }
  needed[positionTableName()] = {kPositionRows, 1, config.width};
  for (const auto& [name, found] : source.shapes) {
    const auto wanted = needed.find(name);
    if (wanted != needed.end()) {
      if (found == wanted->second) continue;
      return refused("the tensor “" + name + "” is " + shapeText(found) + " and not " + shapeText(wanted->second));
    }
    const bool isForeign = !foreignPrefix.empty() && name.starts_with(foreignPrefix);
    if (!isIgnoredTensor(name) && !isForeign) {
      return refused("the tensor “" + printable(name) + "” belongs to something else");
    }
  }
  return {};
}

Result<ParameterMap> readWeights(const WeightSource& source, const Config& config,
                                 const std::function<bool(const std::string&)>& isWanted) {
  ParameterMap weights;
  auto needed = neededShapes(config);
  needed[positionTableName()] = {};
  for (const auto& [name, shape] : needed) {
    if (!isWanted(name)) continue;
    if (!source.shapes.contains(name)) {
      weights[name] = positionTable(config.width);  // the only one that may be left out
      continue;
    }
    Result<at::Tensor> tensor = source.read(name);
    if (!tensor) return tensor.error();
    weights[name] = std::move(*tensor);
  }
  return weights;
}

Result<ParameterMap> readWeights(const SafetensorsFile& file, const Config& config, const std::string& foreignPrefix) {
  const WeightSource source = sourceOf(file);
  if (Status checked = checkWeights(source, config, foreignPrefix); !checked) return checked.error();
  return readWeights(source, config, [](const std::string&) { return true; });
}

ParameterMap freshWeights(const Config& config, std::uint64_t seed) {
  const std::vector<ParameterSpec> specs = trainedParameters(config);
  ParameterMap weights = viewsOf(specs, startingParameters(specs, seed));
  for (const ConstantSpec& constant : constantTensors(config)) {
    const bool isVariance = constant.name.ends_with("running_var");
    weights[constant.name] = isVariance ? at::ones(constant.shape) : at::zeros(constant.shape);
  }
  weights[positionTableName()] = positionTable(config.width);
  return weights;
}

at::Tensor positionTable(std::int64_t width) {
  const at::Tensor rows = at::arange(kPositionRows, at::kFloat).unsqueeze(1);
  const at::Tensor rates = at::exp(at::arange(0, width, 2, at::kFloat) * (-std::log(10000.0) / double(width)));
  const at::Tensor angles = rows * rates;
  return at::stack({angles.sin(), angles.cos()}, -1).reshape({kPositionRows, 1, width});
}

}  // namespace kinescore::gem
