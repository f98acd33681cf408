#include "engine/network/torch_denoiser.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <exception>
#include <optional>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "engine/generation/blocked_window.h"
#include "engine/generation/engine_failure.h"
#include "engine/generation/part_mix.h"
#include "engine/network/kinescore_network.h"
#include "engine/network/weights.h"
#include "engine/network/worker.h"

namespace kinescore {
namespace {

/// Branches that run side by side, one thread each.
constexpr std::size_t kWorkers = 2;

// A part that was never trained is still all zero.
bool saysAnything(const ModelParts& parts, const char* name) {
  return viewsOf(parts.specs, parts.values).at(name).abs().max().item<float>() > 0;
}

class TorchDenoiser : public Denoiser {
 public:
  TorchDenoiser(TorchRuntime& runtime, const ModelParts& parts, std::string hash)
      : runtime_(runtime),
        device_(runtime.device() == RuntimeDevice::Cuda ? at::kCUDA : at::kCPU),
        statistics_(parts.statistics),
        hash_(std::move(hash)),
        seesReferences_(saysAnything(parts, "reference.gate")),
        followsDrafts_(parts.config.draft > 0 && saysAnything(parts, "draft.1.weight")),
        network_(networkOn(parts)) {
    if (parts.coarse) coarse_.emplace(networkOn(*parts.coarse));
  }

  Status begin(const WindowConditions& conditions) override {
    if (conditions.frames <= 0 || conditions.frames > kWindowFrames || conditions.frames % kPatchFrames != 0) {
      return Error{ErrorCode::InvalidArgument, "A window must have an even number of frames, at most 192."};
    }
    frames_ = conditions.frames;
    const WindowConditions* windows[] = {&conditions};
    const bool blocked = isBlocked(conditions);
    blocked_ = blocked ? std::optional(posesOf(conditions)) : std::nullopt;
    std::vector<GuidanceBranch> branches = {GuidanceBranch::All, GuidanceBranch::WithoutText};
    for (const BodyPart part : partsOf(conditions)) branches.push_back(branchOf(part));
    return guarded([&] {
      onWorkers(branches.size(), [&](std::size_t i) {
        at::NoGradGuard noGradients;
        const auto prepared = [&](const KinescoreNetwork& network) {
          NetworkContext context =
              network.prepare(onDevice(gatherInputs(windows, branches[i], tokenFrames(network.config()))));
          if (blocked) context.lookShare = kBlockedLookShare;
          return context;
        };
        contexts_[std::size_t(branches[i])] = prepared(network_);
        if (coarse_) coarseContexts_[std::size_t(branches[i])] = prepared(*coarse_);
      });
    });
  }

  Status denoise(std::span<const float> noisy, double logSnr, std::span<const GuidanceBranch> branches,
                 std::span<const std::span<float>> outputs, std::stop_token stop) override {
    const std::size_t count = std::size_t(frames_) * kFeatureCount;
    assert(frames_ > 0 && noisy.size() == count && branches.size() == outputs.size() );
    const auto stopped = [&] { return stop.stop_requested(); };
    const bool isLoud = coarse_ && logSnr < kCoarseBelow;
    const KinescoreNetwork& network = isLoud ? *coarse_ : network_;
    const auto& contexts = isLoud ? coarseContexts_ : contexts_;
    Status status = guarded([&] {
      onWorkers(branches.size(), [&](std::size_t i) {
        at::NoGradGuard noGradients;
        // from_blob wants a pointer to change, and nothing here changes it
        const at::Tensor x =
            at::from_blob(const_cast<float*>(noisy.data()), {1, frames_, kFeatureCount}, at::kFloat).to(device_);
        const at::Tensor level = at::full({1}, logSnr, x.options());
        const at::Tensor clean = network.denoise(contexts[std::size_t(branches[i])], x, level, nullptr, stopped);
        if (!clean.defined()) return;
        const at::Tensor answer = clean.to(at::kCPU).contiguous();
        std::copy_n(answer.data_ptr<float>(), count, outputs[i].data());
        if (blocked_ && logSnr < kLookBelow) trustNearPoses(*blocked_, statistics_, outputs[i]);
      });
    });
    if (status && stop.stop_requested()) return Error{ErrorCode::Cancelled, "Stopped."};
    return status;
  }

  bool seesReferences() const override { return seesReferences_; }
  bool followsDrafts() const override { return followsDrafts_; }
  bool hearsAndSees() const override { return network_.config().senses > 0; }
  const FeatureStatistics& statistics() const override { return statistics_; }
  std::string modelHash() const override { return hash_; }
  std::string precisionPath() const override {
    // fp32 on the CPU whatever it offers: the card's path stays the runtime's
    return runtime_.device() == RuntimeDevice::Cpu ? "cpu-fp32" : "cuda-fp32";
  }
  std::string deviceName() const override { return runtime_.deviceName(); }

 private:
  KinescoreNetwork networkOn(const ModelParts& parts) const {
    return {parts.config, onDevice(parts.prior), viewsOf(parts.specs, parts.values.to(device_))};
  }
  MotionPrior onDevice(MotionPrior prior) const {
    for (const NamedTensor& constant : constantsOf(prior)) *constant.tensor = constant.tensor->to(device_);
    return prior;
  }
  NetworkInputs onDevice(NetworkInputs inputs) const {
    if (device_ == at::kCPU) return inputs;
    for (at::Tensor* t : {&inputs.valid, &inputs.lastFrame, &inputs.known, &inputs.knownMask, &inputs.world, &inputs.senses, &inputs.draft,
                          &inputs.textTokens, &inputs.textSides, &inputs.textBias, &inputs.sentences,
                          &inputs.sentenceSides, &inputs.progress, &inputs.cover, &inputs.referenceValues,
                          &inputs.referenceTime, &inputs.referenceOwner, &inputs.referenceBias,
                          &inputs.referenceGiven, &inputs.quality}) {
      *t = t->to(device_);
    }
    return inputs;
  }

  // `work` of 0 … count, as many at a time as there are workers. All of a round are waited for, also when one
  // failed: they look at the caller's variables.
  template <class Work>
  void onWorkers(std::size_t count, const Work& work) {
    for (std::size_t first = 0; first < count; first += kWorkers) {
      const std::size_t round = std::min(kWorkers, count - first);
      for (std::size_t w = 0; w < round; ++w) workers_[w].start([&work, i = first + w] { work(i); });
      waitForAll(round);
    }
  }

  void waitForAll(std::size_t count) {
    std::exception_ptr failure;
    for (std::size_t i = 0; i < count; ++i) {
      try {
        workers_[i].wait();
      } catch (...) {
        failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
  }

  // Torch reports what it cannot do by throwing; nothing of that leaves this class.
  template <class Work>
  static Status guarded(const Work& work) {
    try {
      work();
    } catch (const std::exception& e) {
      return engineFailure("The network could not be run", e.what());
    }
    return {};
  }

  TorchRuntime& runtime_;
  at::DeviceType device_;
  FeatureStatistics statistics_;
  std::string hash_;
  bool seesReferences_, followsDrafts_;
  KinescoreNetwork network_;
  std::optional<KinescoreNetwork> coarse_;
  int frames_ = 0;
  std::optional<std::vector<int>> blocked_;  // frames of the poses of a blocked window
  std::array<NetworkContext, kBranchCount> contexts_, coarseContexts_;
  std::array<Worker, kWorkers> workers_;
};

}  // namespace

std::unique_ptr<Denoiser> makeKinescoreDenoiser(TorchRuntime& runtime, const ModelParts& parts, std::string hash) {
  return std::make_unique<TorchDenoiser>(runtime, parts, std::move(hash));
}

Result<std::unique_ptr<Denoiser>> openKinescoreDenoiser(TorchRuntime& runtime, const std::filesystem::path& weights) {
  auto model = loadModel(weights);
  if (!model) return model.error();
  return makeKinescoreDenoiser(runtime, model->parts, model->hash);
}

}  // namespace kinescore
