#include "engine/evaluate/model_under_test.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/evaluate/evaluation_manifest.h"
#include "engine/generation/beat_warp.h"
#include "engine/generation/planner.h"
#include "engine/generation/quiet_motion.h"
#include "engine/generation/window_join.h"
#include "engine/library/caption_index.h"
#include "engine/solve/solver.h"

namespace kinescore {
namespace {

// Stands between the samplers and the network and keeps what a window came out as.
class Listener final : public Denoiser {
 public:
  Listener(Denoiser& inner, std::optional<double> guidance) : inner_(inner), guidance_(guidance) {}

  Status begin(const WindowConditions& conditions) override {
    windows_.emplace_back();
    return inner_.begin(conditions);
  }
  Status denoise(std::span<const float> noisy, double logSnr, std::span<const GuidanceBranch> branches,
                 std::span<const std::span<float>> outputs, std::stop_token stop) override {
    if (Status done = inner_.denoise(noisy, logSnr, branches, outputs, stop); !done) return done;
    if (guidance_) rescale(logSnr, branches, outputs);
    windows_.back().assign(outputs.front().begin(), outputs.front().end());
    return {};
  }

  bool seesReferences() const override { return inner_.seesReferences(); }
  bool hearsAndSees() const override { return inner_.hearsAndSees(); }
  bool followsDrafts() const override { return inner_.followsDrafts(); }
  const FeatureStatistics& statistics() const override { return inner_.statistics(); }
  std::string modelHash() const override { return inner_.modelHash(); }
  std::string precisionPath() const override { return inner_.precisionPath(); }
  std::string deviceName() const override { return inner_.deviceName(); }

  /// [windows] normalised features in the window's space
  [[nodiscard]] std::vector<std::vector<float>>& windows() { return windows_; }

 private:
  // The sampler pushes by its own scale; the answer without text is moved so that it comes out as asked.
  void rescale(double logSnr, std::span<const GuidanceBranch> branches, std::span<const std::span<float>> outputs) const {
    if (branches.size() < 2 || branches[0] != GuidanceBranch::All || branches[1] != GuidanceBranch::WithoutText) return;
    const double own = Guidance{}.scaleAt(logSnr);
    Guidance asked;
    asked.textScale = *guidance_;
    const double share = (asked.scaleAt(logSnr) - 1) / (own - 1);
    for (std::size_t i = 0; i < outputs[0].size(); ++i) {
      outputs[1][i] = float(outputs[0][i] + share * (double(outputs[1][i]) - outputs[0][i]));
    }
  }

  Denoiser& inner_;
  std::optional<double> guidance_;
  std::vector<std::vector<float>> windows_;
};

// The windows put together as the engine does it before it solves.
Result<Motion> motionBeforeSolve(const GenerationRequest& request, Listener& heard, const PromptEncoder& encodePrompt) {
  const WindowPlan plan = planWindows(request.frameCount(), std::nullopt);
  auto composer = WindowComposer::prepare(request, heard.statistics(), encodePrompt, {});
  if (!composer) return composer.error();
  assert(heard.windows().size() == plan.windows.size());
  std::vector<float> world(std::size_t(request.frameCount()) * kFeatureCount, 0.0f);
  const auto rowOf = [&](std::int64_t f) { return std::span(world).subspan(std::size_t(f) * kFeatureCount, kFeatureCount); };
  for (std::size_t i = 0; i < plan.windows.size(); ++i) {
    const FrameRange window = plan.windows[i];
    const std::int64_t knownUntil = plan.knownUntil(i);
    const WindowSpace space = i == 0 ? composer->openingSpace() : spaceOfFrame(rowOf(window.start));
    std::vector<float>& values = heard.windows()[i];
    heard.statistics().denormalise(values);
    moveToWorld(values, space);
    const auto madeRow = [&](std::int64_t f) { return std::span(values).subspan(std::size_t(f - window.start) * kFeatureCount, kFeatureCount); };
    if (i > 0) joinWindow(window, knownUntil, world, values);
    for (std::int64_t f = std::max(window.start, knownUntil); f < std::min(window.end, request.frameCount()); ++f) {
      const auto row = madeRow(f);
      std::copy(row.begin(), row.end(), rowOf(f).begin());
    }
  }
  if (!request.estimate) calmQuietLimbs({0, request.frameCount()}, world);
  keepBeats(request, {0, request.frameCount()}, world);
  return motionFromFeatures(world);
}

}  // namespace

ModelUnderTest::ModelUnderTest(std::unique_ptr<Denoiser> denoiser, PromptEncoder encodePrompt, ReferenceOpener openReferences)
    : denoiser_(std::move(denoiser)), encodePrompt_(std::move(encodePrompt)), openReferences_(std::move(openReferences)) {}
ModelUnderTest::~ModelUnderTest() = default;

Result<PerformedMotion> ModelUnderTest::perform(const GenerationRequest& request, std::stop_token stop) {
  assert(!request.range && !request.base);
  Listener heard(*denoiser_, guidance_);
  Ensemble ensemble;
  ensemble.denoiser = &heard;
  ensemble.encodePrompt = encodePrompt_;
  ensemble.openReferences = openReferences_;
  ensemble.openTower = [this]() -> Result<std::shared_ptr<const RetrievalTower>> { return tower_; };
  ensemble.beginnings = beginnings_;
  auto made = kinescore::perform(request, ensemble, {}, stop);
  if (!made) return made.error();
  auto before = motionBeforeSolve(request, heard, encodePrompt_);
  if (!before) return before.error();
  // The engine measured the same motion: a difference here would make every figure before the solver a lie.
  const double rebuilt = measureFootSkate(*before).meanMillimetersPerFrame;
  if (std::abs(rebuilt - made->report.footSkateBefore) > 1e-6 * (1 + rebuilt)) {
    return Error{ErrorCode::EngineFailed, "The motion before the solver was not the one that the engine solved."};
  }
  return PerformedMotion{std::move(*before), *made->motion};
}

Result<ModelUnderTest::ReferenceOpener> referencesFrom(std::shared_ptr<const Library> library, const std::filesystem::path& index,
                                                          const std::filesystem::path& tower) {
  std::error_code ignored;
  if (index.empty() || !std::filesystem::is_regular_file(index, ignored)) return ModelUnderTest::ReferenceOpener();
  if (Status allowed = checkMayBeEvaluatedOn(*library); !allowed) return allowed.error();
  auto captions = loadCaptionIndex(index);
  if (!captions) return captions.error();
  for (const CaptionIndex::Row& row : captions->rows) {
    if (row.clip < 0 || row.clip >= int(library->clips.size()) || library->clips[row.clip].split != Split::Train) {
      return Error{ErrorCode::BadInput, "The index “" + index.filename().string() +
                                            "” holds clips outside train: what is evaluated could be shown to the network."};
    }
  }
  std::shared_ptr<const RetrievalTower> opened;
  if (!tower.empty()) {
    Result<RetrievalTower> loaded = RetrievalTower::load(tower);
    if (!loaded) return loaded.error();
    opened = std::make_shared<const RetrievalTower>(std::move(*loaded));
  }
  auto search = searchThrough(*captions, *library, opened ? opened->hash() : std::string());
  if (!search) return search.error();
  auto references = std::make_shared<const ReferenceLibrary>(ReferenceLibrary{std::move(library), std::move(*search), std::move(opened)});
  return ModelUnderTest::ReferenceOpener([references]() -> Result<std::shared_ptr<const ReferenceLibrary>> { return references; });
}

}  // namespace kinescore
