#include "engine/network/parameters.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

#include "engine/core/random.h"
#include "engine/generation/denoiser.h"
#include "engine/network/kinescore_network.h"

namespace kinescore {

void ParameterList::add(std::string name, std::vector<std::int64_t> shape, ParameterStart start, double scale) {
  ParameterSpec spec{std::move(name), std::move(shape), start, scale};
  spec.decays = spec.shape.size() == 2 && start == ParameterStart::Normal;
  specs_.push_back(std::move(spec));
}

void ParameterList::linear(const std::string& name, std::int64_t in, std::int64_t out, double gain) {
  if (gain == 0) {
    add(name + ".weight", {out, in}, ParameterStart::Zero);
    specs_.back().decays = true;
  } else {
    add(name + ".weight", {out, in}, ParameterStart::Normal, gain / std::sqrt(double(in)));
  }
  add(name + ".bias", {out}, ParameterStart::Zero);
}

void ParameterList::norm(const std::string& name, std::int64_t width) {
  add(name + ".weight", {width}, ParameterStart::One);
  add(name + ".bias", {width}, ParameterStart::Zero);
}

std::vector<ParameterSpec> ParameterList::take() {
  std::stable_partition(specs_.begin(), specs_.end(), [](const ParameterSpec& s) { return s.decays; });
  std::int64_t next = 0;
  for (ParameterSpec& spec : specs_) {
    spec.offset = next;
    next += spec.count();
  }
  return std::move(specs_);
}

std::int64_t ParameterSpec::count() const {
  std::int64_t total = 1;
  for (const std::int64_t n : shape) total *= n;
  return total;
}

std::int64_t parameterCount(const std::vector<ParameterSpec>& specs) {
  return specs.empty() ? 0 : specs.back().offset + specs.back().count();
}

std::vector<ParameterSpec> networkParameters(const NetworkConfig& config) {
  const std::int64_t w = config.width, inner = w * config.feedForward, r = config.referenceWidth;
  // residual branches start small enough that the sum over the layers keeps its size
  const double branch = 1.0 / std::sqrt(2.0 * config.layers);
  ParameterList list;
  list.linear("input", stepWidth(config), w);
  list.linear("condition", conditionWidth(config), w, 0.5);
  list.linear("time.0", kTimeFeatures, w);
  list.linear("time.1", w, w);
  list.add("quality", {5, w}, ParameterStart::Normal, 0.02);
  list.linear("text.token", kTextWidth, w, 4);  // a MiniLM token has length of about 6 in 384 numbers
  list.add("text.side", {4, w}, ParameterStart::Normal, 0.5);
  list.add("text.null", {w}, ParameterStart::Normal, 0.5);
  list.norm("text.norm", w);
  list.linear("text.sentence", kTextWidth, w, std::sqrt(double(kTextWidth)));  // unit length in
  list.add("text.sentence_side", {2, w}, ParameterStart::Normal, 0.7);
  list.add("text.progress", {kProgressFeatures, w}, ParameterStart::Normal, 0.5);
  list.linear("text.pool", w, w);
  list.linear("text.input", w, w, 0.5);
  list.add("text.none", {w}, ParameterStart::Zero);
  list.linear("text.kv", w, 2 * w * config.layers);
  list.linear("modulation", w, kModulations * w, 0.3);
  list.add("final.bias", {2 * w}, ParameterStart::Zero);
  for (int layer = 0; layer < config.layers; ++layer) {
    const std::string at = "layers." + std::to_string(layer) + ".";
    list.add(at + "modulation_bias", {kLayerModulations * w}, ParameterStart::Zero);
    list.linear(at + "self.qkv", w, 3 * w);
    list.linear(at + "self.out", w, w, branch);
    list.norm(at + "cross.norm", w);
    list.linear(at + "cross.query", w, w);
    list.linear(at + "cross.out", w, w, branch);
    list.linear(at + "feed.0", w, inner);
    list.linear(at + "feed.1", inner, w, branch);
  }
  list.linear("output", w, config.tokenPatches * patchOutput(config), 0);
  list.add("smooth", {5, kPoseChannels}, ParameterStart::Zero);
  list.linear("reference.input", kReferenceChannels * kReferencePatchFrames, r);
  for (int layer = 0; layer < config.referenceLayers; ++layer) {
    const std::string at = "reference.layers." + std::to_string(layer) + ".";
    list.norm(at + "norm0", r);
    list.norm(at + "norm1", r);
    list.linear(at + "qkv", r, 3 * r);
    list.linear(at + "out", r, r, 0.5);
    list.linear(at + "feed.0", r, 2 * r);
    list.linear(at + "feed.1", 2 * r, r, 0.5);
  }
  list.norm("reference.norm", r);
  // Open from the start and quiet: behind a gate of 0 nothing said by references was ever learned.
  list.linear("reference.kv", r, 2 * w * config.layers, 0.1);
  list.add("reference.gate", {config.layers}, ParameterStart::One);
  list.linear("gate", w, kPosePatch, 0);
  if (config.senses > 0) {
    list.linear("senses.0", tokenFrames(config) * kSenseWidth, kSenseHidden);
    list.linear("senses.1", kSenseHidden, w, 0);
  }
  if (config.draft > 0) {
    list.linear("draft.0", tokenFrames(config) * kDraftWidth, kSenseHidden);
    list.linear("draft.1", kSenseHidden, w, 0);
  }
  std::vector<ParameterSpec> specs = list.take();
  for (ParameterSpec& spec : specs) {
    const bool inLayer = spec.name.starts_with("layers.") && spec.shape.size() == 2;
    spec.isHidden = inLayer || spec.name == "text.kv.weight" || spec.name == "modulation.weight";
  }
  return specs;
}

at::Tensor startingParameters(const std::vector<ParameterSpec>& specs, std::uint64_t seed) {
  at::Tensor flat = at::zeros({parameterCount(specs)}, at::kFloat);
  float* values = flat.data_ptr<float>();
  std::uint64_t index = 0;
  for (const ParameterSpec& spec : specs) {
    CounterRandom random(seed, ++index, 0x706172);
    for (std::int64_t i = 0; i < spec.count(); ++i) {
      switch (spec.start) {
        case ParameterStart::Zero: break;
        case ParameterStart::One: values[spec.offset + i] = 1; break;
        case ParameterStart::Normal: values[spec.offset + i] = float(spec.scale * random.normal()); break;
      }
    }
    // gates start open: shift, scale, gate of self-attention, then of the feed-forward part
    if (spec.name.ends_with("modulation_bias")) {
      const std::int64_t w = spec.count() / kLayerModulations;
      for (const int gate : {2, 5}) {
        for (std::int64_t i = 0; i < w; ++i) values[spec.offset + gate * w + i] = 1;
      }
    }
  }
  return flat;
}

ParameterMap viewsOf(const std::vector<ParameterSpec>& specs, const at::Tensor& flat) {
  ParameterMap views;
  for (const ParameterSpec& spec : specs) {
    views[spec.name] = flat.narrow(0, spec.offset, spec.count()).view(spec.shape);
  }
  return views;
}

ParameterMap trainableViews(const std::vector<ParameterSpec>& specs, const at::Tensor& flat,
                            const at::Tensor& gradients) {
  ParameterMap leaves = viewsOf(specs, flat);
  const ParameterMap gradientViews = viewsOf(specs, gradients);
  for (auto& [name, leaf] : leaves) {
    leaf = leaf.detach().requires_grad_(true);
    leaf.mutable_grad() = gradientViews.at(name);
  }
  return leaves;
}

}  // namespace kinescore
