#include "engine/network/kinescore_generator.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <optional>
#include <system_error>

#include "engine/core/log.h"
#include "engine/generation/performance.h"
#include "engine/library/library_shelf.h"
#include "engine/network/torch_denoiser.h"
#include "engine/storage/safetensors.h"
#include "engine/text/text_encoder.h"
#include "engine/torch_runtime/torch_runtime.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

/// How often a wait looks whether it is to be given up.
constexpr std::chrono::milliseconds kPollTime{10};

Error cancelled() { return {ErrorCode::Cancelled, "Generating was cancelled"}; }

/// The library, read by a thread of its own while the network is at work.
class NearestClipFinder {
 public:
  explicit NearestClipFinder(std::vector<LibraryFiles> libraries) : libraries_(std::move(libraries)) {}
  ~NearestClipFinder() { stop_.request_stop(); }

  /// Begins reading, if it was not begun.
  void prepare() {
    if (clips_.valid()) return;
    clips_ = std::async(std::launch::async, [files = libraries_, stop = stop_.get_token()] {
               Result<LibraryShelf> shelf = LibraryShelf::open(files);
               if (!shelf) return Result<NearestClips>(shelf.error());
               return NearestClips::build(*shelf->library(), stop);
             }).share();
  }

  Result<std::optional<NearestClips::Answer>> find(const Motion& motion, std::stop_token stop) {
    prepare();
    while (clips_.wait_for(kPollTime) != std::future_status::ready) {
      if (stop.stop_requested()) return cancelled();
    }
    const Result<NearestClips>& clips = clips_.get();
    if (!clips) {
      // The motion is good without it; the report just does not tell.
      if (!std::exchange(warned_, true)) log::warning("the nearest clip is not measured: " + clips.error().message);
      return std::optional<NearestClips::Answer>();
    }
    return clips->find(motion, std::move(stop));
  }

 private:
  std::vector<LibraryFiles> libraries_;
  std::stop_source stop_;
  std::shared_future<Result<NearestClips>> clips_;
  bool warned_ = false;
};

/// The network on one device.
struct OpenedModel {
  std::unique_ptr<TorchRuntime> runtime;
  std::unique_ptr<Denoiser> denoiser;
};

class KinescoreGenerator final : public MotionGenerator {
 public:
  explicit KinescoreGenerator(KinescoreGeneratorOptions options) : options_(std::move(options)) {
    if (!options_.library.empty()) nearest_ = std::make_unique<NearestClipFinder>(libraries());
  }

  Result<GeneratedMotion> generate(const GenerationRequest& request, const ProgressSink& progress,
                                   std::stop_token stop) override {
    if (Status checked = checkRequest(request); !checked) return checked.error();
    if (progress) progress({.phase = GenerationProgress::Phase::Loading});
    if (nearest_ && request.quality != Quality::Draft) nearest_->prepare();
    if (stop.stop_requested()) return cancelled();
    Result<OpenedModel*> model = modelFor(request);
    if (!model) return model.error();
    if (stop.stop_requested()) return cancelled();
    if (Status text = openText(*(*model)->runtime); !text) return text.error();

    Ensemble ensemble;
    ensemble.denoiser = (*model)->denoiser.get();
    ensemble.encodePrompt = [this](std::string_view prompt) { return encode(prompt); };
    ensemble.openLibrary = [this] { return openLibrary(); };
    if (!options_.captionIndex.empty()) ensemble.openReferences = [this] { return openReferences(); };
    ensemble.openTower = [this] { return openTower(); };
    if (nearest_) {
      ensemble.findNearestClip = [this](const Motion& motion, std::stop_token s) { return nearest_->find(motion, s); };
    }
    return perform(request, ensemble, progress, std::move(stop));
  }

  std::string describe() const override {
    std::error_code ignored;
    const bool mayUseCard = options_.device != DeviceChoice::Cpu && fs::exists("/dev/nvidiactl", ignored);
    const int lastUsed = lastDevice_;
    const bool onCard = lastUsed >= 0 ? lastUsed == int(RuntimeDevice::Cuda) : mayUseCard;
    return std::string(onCard ? "CUDA" : "CPU") + " · " + options_.weights.stem().string();
  }

 private:
  Result<OpenedModel*> modelFor(const GenerationRequest& request) {
    const DeviceChoice device = request.device == DeviceChoice::Auto ? options_.device : request.device;
    if (const auto opened = models_.find(device); opened != models_.end()) {
      lastDevice_ = int(opened->second->runtime->device());
      return opened->second.get();
    }
    TorchRuntime::Options wish;
    wish.wantCuda = device != DeviceChoice::Cpu;
    wish.mustHaveCuda = device == DeviceChoice::Cuda;
    wish.threads = request.threads > 0 ? request.threads : options_.threads;
    Result<std::unique_ptr<TorchRuntime>> runtime = TorchRuntime::open(wish);
    if (!runtime) return runtime.error();
    Result<std::unique_ptr<Denoiser>> denoiser = openKinescoreDenoiser(**runtime, options_.weights);
    if (!denoiser) return denoiser.error();
    lastDevice_ = int((*runtime)->device());
    auto model = std::make_shared<OpenedModel>(OpenedModel{std::move(*runtime), std::move(*denoiser)});
    // Auto that fell back to the CPU is the CPU: not a second copy of the weights.
    if (model->runtime->device() == RuntimeDevice::Cpu) models_.emplace(DeviceChoice::Cpu, model);
    else models_.emplace(DeviceChoice::Cuda, model);
    models_.emplace(device, model);
    return model.get();
  }

  Status openText(TorchRuntime& runtime) {
    if (text_) return {};
    fs::path folder = options_.textModelFolder;
    if (folder.empty()) {
      Result<fs::path> found = findTextModelFolder();
      if (!found) return found.error();
      folder = *found;
    }
    Result<std::unique_ptr<TextEncoder>> opened = TextEncoder::open(runtime, folder);
    if (!opened) return opened.error();
    text_ = std::move(*opened);
    return {};
  }

  Result<PromptTokens> encode(std::string_view prompt) {
    Result<std::shared_ptr<const TextEmbedding>> embedding = text_->encode(prompt);
    if (!embedding) return embedding.error();
    const TextEmbedding& e = **embedding;
    return PromptTokens{e.words, e.tokens, e.sentence};
  }

  [[nodiscard]] std::vector<LibraryFiles> libraries() const {
    std::vector<LibraryFiles> files = {{options_.library, options_.captionIndex}};
    files.insert(files.end(), options_.added.begin(), options_.added.end());
    return files;
  }

  Result<std::shared_ptr<const Library>> openLibrary() {
    if (shelf_) return shelf_->library();
    if (options_.library.empty()) return std::shared_ptr<const Library>();
    Result<LibraryShelf> opened = LibraryShelf::open(libraries());
    if (!opened) return opened.error();
    shelf_ = std::move(*opened);
    for (const std::string& problem : shelf_->problems()) log::warning(problem);
    return shelf_->library();
  }

  /// Null where there is none.
  Result<std::shared_ptr<const RetrievalTower>> openTower() {
    if (tower_ || options_.tower.empty()) return tower_;
    Result<RetrievalTower> loaded = RetrievalTower::load(options_.tower);
    if (!loaded) return loaded.error();
    tower_ = std::make_shared<const RetrievalTower>(std::move(*loaded));
    return tower_;
  }

  Result<std::shared_ptr<const ReferenceLibrary>> openReferences() {
    if (references_) return references_;
    const Result<std::shared_ptr<const Library>> library = openLibrary();
    if (!library) return library.error();
    if (!*library) return references_;
    const Result<std::shared_ptr<const RetrievalTower>> tower = openTower();
    if (!tower) return tower.error();
    std::vector<std::string> problems;
    Result<ReferenceSearch> search = shelf_->search(problems, *tower ? (*tower)->hash() : std::string());
    if (!search) return search.error();
    for (const std::string& problem : problems) log::warning(problem);
    references_ = std::make_shared<const ReferenceLibrary>(ReferenceLibrary{*library, std::move(*search), *tower});
    return references_;
  }

  KinescoreGeneratorOptions options_;
  std::map<DeviceChoice, std::shared_ptr<OpenedModel>> models_;
  std::unique_ptr<TextEncoder> text_;
  std::optional<LibraryShelf> shelf_;
  std::shared_ptr<const RetrievalTower> tower_;
  std::shared_ptr<const ReferenceLibrary> references_;
  std::unique_ptr<NearestClipFinder> nearest_;
  std::atomic<int> lastDevice_ = -1;  // of RuntimeDevice; read by describe() from other threads
};

}  // namespace

namespace {

// A part that was never trained says nothing: it is still all zero.
bool saysAnything(const fs::path& weights, const char* name) {
  const Result<SafetensorsFile> file = SafetensorsFile::load(weights);
  const TensorView* tensor = file ? file->find(name) : nullptr;
  if (tensor == nullptr) return false;
  const std::vector<float> values = tensor->toFloats();
  return std::any_of(values.begin(), values.end(), [](float v) { return v != 0; });
}

}  // namespace

bool seesReferences(const fs::path& weights) { return saysAnything(weights, "net.reference.gate"); }
bool followsDrafts(const fs::path& weights) { return saysAnything(weights, "net.draft.1.weight"); }

Result<std::unique_ptr<MotionGenerator>> openKinescoreGenerator(KinescoreGeneratorOptions options) {
  std::error_code ignored;
  if (!fs::is_regular_file(options.weights, ignored)) {
    return Error{ErrorCode::NotFound, "The model's weights are not at “" + options.weights.string() +
                                          "”; fetch the repository's resources again"};
  }
  return std::unique_ptr<MotionGenerator>(std::make_unique<KinescoreGenerator>(std::move(options)));
}

}  // namespace kinescore
