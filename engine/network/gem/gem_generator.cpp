#include "engine/network/gem/gem_generator.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <optional>
#include <system_error>

#include "engine/core/log.h"
#include "engine/core/memory.h"
#include "engine/core/printable.h"
#include "engine/generation/planner.h"
#include "engine/generation/prompt_tokens.h"
#include "engine/network/detached_job.h"
#include "engine/network/gem/caption_features.h"
#include "engine/network/gem/heard_score.h"
#include "engine/network/gem/network_file.h"
#include "engine/network/gem/performer.h"
#include "engine/text/t5_prompts.h"
#include "engine/text/text_encoder.h"
#include "engine/torch_runtime/torch_runtime.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

using namespace gem;

/// Share of the time until the result that loading takes when it is needed.
constexpr double kLoadingShare = 0.1;

Error cancelled() {
  return {ErrorCode::Cancelled, "Generating was cancelled"};
}

bool isThere(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder, ignored);
}

/// The program with LibTorch, and what it takes to finish a motion.
constexpr std::uint64_t kProgramBytes = 190'000'000;

/// What is in memory at the same time: T5 or the network, with what either needs, beside the
/// program.
struct MemoryPlan {
  std::uint64_t text = 0, weights = 0, loading = 0, work = 0;
  [[nodiscard]] std::uint64_t most() const {
    return kProgramBytes + std::max(text, weights + std::max(loading, work));
  }
  [[nodiscard]] std::string sentence() const {
    return "The network's weights " + bytesText(weights) +
           (loading > 0 ? ", what loading them takes besides " + bytesText(loading) : std::string()) +
           ", what it works with " + bytesText(work) + ", the program itself " + bytesText(kProgramBytes) +
           (text > 0 ? "; before that a layer of T5 " + bytesText(text) : std::string()) + ".";
  }
};

/// T5 on demand, or the engine's own text encoder for a network that was trained with it: texts that
/// were read once are kept, the encoder is not.
class PromptReader {
 public:
  /// `encoder`: as the network's file names it.
  PromptReader(std::string encoder, std::vector<fs::path> folders)
      : encoder_(std::move(encoder)), folders_(std::move(folders)) {}

  /// Why texts cannot be read; empty when they can.
  [[nodiscard]] std::string problem() const {
    if (isMiniLm()) {
      const Result<fs::path> found = findTextModelFolder();
      return found ? std::string() : found.error().message;
    }
    if (!encoder_.empty()) {
      return "This GEM file was trained with words of the text encoder “" + printable(encoder_) +
             "”, which is not known here.";
    }
    if (folder()) return {};
    for (const fs::path& begun : folders_) {
      const Status complete = isThere(begun) ? checkT5Files(begun) : Status();
      if (!complete) return "Texts need the whole encoder T5-3B: " + complete.error().message;
    }
    const std::string where =
        folders_.empty() ? "a folder of its own" : "“" + folders_.front().string() + "”";
    return "Texts need the encoder T5-3B: put spiece.model and the safetensors of t5-3b into " +
           where + ", or name their folder with --text-model.";
  }

  Status read(TorchRuntime& runtime, const std::vector<HeardText>& texts, std::stop_token stop) {
    const std::vector<std::string> prompts = unread(texts);
    if (prompts.empty()) return {};
    return isMiniLm() ? readWithMiniLm(runtime, prompts) : readWithT5(runtime, prompts, stop);
  }

  [[nodiscard]] const TextFeatures& featuresOf(const std::string& prompt) const {
    return features_.at(prompt);
  }
  [[nodiscard]] std::uint64_t layerBytes() const { return layerBytes_; }

 private:
  [[nodiscard]] bool isMiniLm() const { return encoder_ == kMiniLmEncoder; }

  Status readWithMiniLm(TorchRuntime& runtime, const std::vector<std::string>& prompts) {
    const Result<fs::path> found = findTextModelFolder();
    if (!found) return found.error();
    auto encoder = TextEncoder::open(runtime, *found);
    if (!encoder) return encoder.error();
    for (const std::string& prompt : prompts) {
      const auto embedding = (*encoder)->encode(prompt);
      if (!embedding) return embedding.error();
      features_[prompt] =
          captionFeatures((*embedding)->tokens, sidesOfWords((*embedding)->words));
    }
    return {};
  }

  Status readWithT5(TorchRuntime& runtime, const std::vector<std::string>& prompts,
                    std::stop_token stop) {
    T5Options
        options;  // float32: texts are read once, and the network was trained with these numbers
    options.device = runtime.device();
    auto encoder = T5PromptEncoder::open(runtime, *folder(), options);
    if (!encoder) return encoder.error();
    const int width = (*encoder)->network().sizes().width;
    if (width != kTextChannels) {
      return Error{ErrorCode::BadInput, "The T5 in “" + folder()->string() + "” is of width " +
                                            std::to_string(width) +
                                            "; GEM was trained with t5-3b, of width " +
                                            std::to_string(kTextChannels) + "."};
    }
    layerBytes_ = (*encoder)->network().weightBytes();
    auto encoded = (*encoder)->encode(prompts, stop);
    if (!encoded) return encoded.error();
    for (std::size_t i = 0; i < prompts.size(); ++i)
      features_[prompts[i]] = std::move((*encoded)[i].values);
    return {};
  }

  [[nodiscard]] std::optional<fs::path> folder() const {
    const auto found = std::find_if(folders_.begin(), folders_.end(),
                                    [](const fs::path& path) { return checkT5Files(path).ok(); });
    return found == folders_.end() ? std::nullopt : std::optional(*found);
  }
  [[nodiscard]] std::vector<std::string> unread(const std::vector<HeardText>& texts) const {
    std::vector<std::string> prompts;
    for (const HeardText& text : texts) {
      const bool isNew = !features_.contains(text.prompt) &&
                         std::find(prompts.begin(), prompts.end(), text.prompt) == prompts.end();
      if (isNew) prompts.push_back(text.prompt);
    }
    return prompts;
  }

  std::string encoder_;
  std::vector<fs::path> folders_;
  std::map<std::string, TextFeatures> features_;
  std::uint64_t layerBytes_ = 0;
};

class GemGenerator final : public MotionGenerator {
 public:
  GemGenerator(GemGeneratorOptions options, NetworkFile file)
      : options_(std::move(options)),
        file_(std::move(file)),
        prompts_(file_.textEncoder(), options_.textFolders) {}

  Result<GeneratedMotion> generate(const GenerationRequest& request, const ProgressSink& progress,
                                   std::stop_token stop) override {
    if (Status checked = checkRequest(request); !checked) return checked.error();
    if (progress) progress({.phase = GenerationProgress::Phase::Loading});
    return job_.run([this, request](const ProgressSink& tell,
                                    std::stop_token token) { return answer(request, tell, token); },
                    progress, std::move(stop));
  }

  std::string describe() const override {
    const int lastUsed = lastDevice_;
    std::error_code ignored;
    const bool mayUseCard =
        options_.device != DeviceChoice::Cpu && fs::exists("/dev/nvidiactl", ignored);
    const bool onCard = lastUsed >= 0 ? lastUsed == int(RuntimeDevice::Cuda) : mayUseCard;
    return std::string(onCard ? "CUDA" : "CPU") + " · gem " + options_.weights.stem().string();
  }

 private:
  // Everything from here on runs on the job's thread, one request after the other.
  Result<GeneratedMotion> answer(const GenerationRequest& request, const ProgressSink& tell,
                                 std::stop_token stop) {
    const auto start = std::chrono::steady_clock::now();
    const Result<SoundFrames> sound =
        options_.readSound ? options_.readSound(request, stop) : SoundFrames();
    if (!sound) return sound.error();
    const bool hasSound = !sound->music.empty() || !sound->speech.empty();
    Result<HeardScore> score =
        heardScore(request, file_.config().wiring, hasSound, prompts_.problem());
    if (!score) return score.error();
    if (file_.config().wiring == Wiring::Full)
      score->notes.insert(score->notes.begin(), sound->notes.begin(), sound->notes.end());
    if (!request.sampling.isEmpty()) {
      score->notes.push_back({true, "Steps, guidance and sampler set by hand were left out", "GEM samples as it was published.", std::nullopt});
    }
    if (Status opened = openRuntime(request); !opened) return opened.error();
    if (Status read = prompts_.read(*runtime_, score->texts, stop); !read) return read.error();
    if (Status planned = planMemory(request.quality, *score); !planned) return planned.error();
    if (Status loaded = load(request.quality, tell, stop); !loaded) return loaded.error();

    const ClipConditions conditions = conditionsOf(
        *score, *sound, [this](const std::string& prompt) { return prompts_.featuresOf(prompt); });
    Result<GeneratedMotion> result =
        performer_->perform(*score, conditions, gemStepsOf(request.quality), tell, stop);
    if (!result) return result.error();
    result->modelHash = hash_;
    result->deviceName = runtime_->deviceName();
    result->precisionPath = precisionPath();
    result->seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (const auto peak = peakMemory())
      log::info("memory: at most " + bytesText(*peak) + " were in use");
    return result;
  }

  Status openRuntime(const GenerationRequest& request) {
    const DeviceChoice device =
        request.device == DeviceChoice::Auto ? options_.device : request.device;
    if (runtime_ && device == openedFor_) return {};
    TorchRuntime::Options wish;
    wish.wantCuda = device != DeviceChoice::Cpu;
    wish.mustHaveCuda = device == DeviceChoice::Cuda;
    wish.threads = 1;
    Result<std::unique_ptr<TorchRuntime>> runtime = TorchRuntime::open(wish);
    if (!runtime) return runtime.error();
    const bool isOther = runtime_ && runtime_->device() != (*runtime)->device();
    runtime_ = *std::move(runtime);
    if (isOther) performer_.reset();
    openedFor_ = device;
    lastDevice_ = int(runtime_->device());
    return {};
  }

  [[nodiscard]] Precision precisionOf(Quality quality) const {
    const bool isHalf = quality != Quality::Best && runtime_->precisionPath().ends_with("bf16");
    return isHalf ? Precision::Half : Precision::Single;
  }
  [[nodiscard]] std::string precisionPath() const {
    return std::string(runtime_->device() == RuntimeDevice::Cuda ? "cuda" : "cpu") +
           (loaded_ == Precision::Half ? "-bf16" : "-fp32");
  }

  Status planMemory(Quality quality, HeardScore& score) {
    MemoryPlan plan;
    plan.text = score.texts.empty() ? 0 : prompts_.layerBytes();
    plan.weights = weightBytes(file_, precisionOf(quality));
    plan.loading = isLoaded(quality) ? 0 : file_.loadingBytes();
    plan.work = workBytes(file_.config(), score);
    score.notes.push_back(
        {false, "Memory planned: " + bytesText(plan.most()), plan.sentence(), std::nullopt});
    log::info("memory: " + bytesText(plan.most()) + " planned. " + plan.sentence());
    if (runtime_->device() == RuntimeDevice::Cuda)
      return {};  // the card says itself when it is full
    const std::uint64_t needed =
        isLoaded(quality) ? plan.work : plan.weights + std::max(plan.loading, plan.work);
    const auto free = availableMemory();
    if (!free || needed <= *free) return {};
    return Error{ErrorCode::EngineFailed,
                 "This needs " + bytesText(needed) + " of memory and " + bytesText(*free) +
                     " are free; close other programs or make the performance shorter."};
  }

  [[nodiscard]] bool isLoaded(Quality quality) const {
    return performer_ && loaded_ == precisionOf(quality);
  }

  Status load(Quality quality, const ProgressSink& tell, std::stop_token stop) {
    if (isLoaded(quality)) return {};
    performer_.reset();
    const auto goOn = [stop](double) { return !stop.stop_requested(); };
    // Hashing and loading look at every byte of the same file: side by side.
    std::future<Result<std::string>> hash;
    if (hash_.empty()) hash = std::async(std::launch::async, [&] { return file_.hash(goOn); });
    auto loaded = Performer::load(*runtime_, file_, precisionOf(quality), [&](double fraction) {
      tell({.phase = GenerationProgress::Phase::Loading, .fraction = kLoadingShare * fraction});
      return !stop.stop_requested();
    });
    if (hash.valid()) {
      Result<std::string> found = hash.get();
      if (!found && loaded) return found.error();
      if (found) hash_ = *std::move(found);
    }
    if (!loaded) return loaded.error().code == ErrorCode::Cancelled ? cancelled() : loaded.error();
    performer_ = *std::move(loaded);
    loaded_ = precisionOf(quality);
    return {};
  }

  GemGeneratorOptions options_;
  NetworkFile file_;
  PromptReader prompts_;
  std::unique_ptr<TorchRuntime> runtime_;
  DeviceChoice openedFor_ = DeviceChoice::Auto;
  std::unique_ptr<Performer> performer_;  // the network; null: not loaded
  Precision loaded_ = Precision::Single;
  std::string hash_;
  std::atomic<int> lastDevice_ = -1;  // of RuntimeDevice; read by describe() from other threads
  DetachedJob job_;                   // last: its thread uses all of the above
};

}  // namespace

int gemStepsOf(Quality quality) {
  return quality == Quality::Draft ? 10 : gem::kSamplingSteps;
}

Result<std::unique_ptr<MotionGenerator>> openGemGenerator(GemGeneratorOptions options) {
  Result<gem::NetworkFile> file = gem::NetworkFile::open(options.weights);
  if (!file) return file.error();
  return std::unique_ptr<MotionGenerator>(
      std::make_unique<GemGenerator>(std::move(options), *std::move(file)));
}

}  // namespace kinescore
