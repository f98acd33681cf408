// A model as the protocol asks it: a request performed by the engine's own code, with the motion as it was
// before the solver beside the result.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/core/result.h"
#include "engine/generation/denoiser.h"
#include "engine/generation/performance.h"
#include "engine/generation/prompt_tokens.h"
#include "engine/library/library.h"
#include "engine/request/take.h"

namespace kinescore {

struct PerformedMotion {
  Motion before, after;  // the solver
};

class ModelUnderTest {
 public:
  /// `openReferences` may be empty: then there is no column with retrieval.
  using ReferenceOpener = std::function<Result<std::shared_ptr<const ReferenceLibrary>>()>;
  ModelUnderTest(std::unique_ptr<Denoiser> denoiser, PromptEncoder encodePrompt, ReferenceOpener openReferences);
  ~ModelUnderTest();

  /// Scale of the guidance by text in place of the engine's own; for sweeps.
  void setTextGuidance(double scale) { guidance_ = scale; }

  /// Judges the beginnings of windows as the engine does; without it there is one alone. `beginnings`: in place of the
  /// engine's own number; for sweeps.
  void setTower(std::shared_ptr<const RetrievalTower> tower, std::optional<int> beginnings = std::nullopt) {
    tower_ = std::move(tower);
    beginnings_ = beginnings;
  }

  [[nodiscard]] Result<PerformedMotion> perform(const GenerationRequest& request, std::stop_token stop);

  [[nodiscard]] bool hasReferences() const { return bool(openReferences_); }
  [[nodiscard]] std::string modelHash() const { return denoiser_->modelHash(); }
  [[nodiscard]] std::string deviceName() const { return denoiser_->deviceName(); }
  [[nodiscard]] std::string precisionPath() const { return denoiser_->precisionPath(); }

 private:
  std::unique_ptr<Denoiser> denoiser_;
  PromptEncoder encodePrompt_;
  ReferenceOpener openReferences_;
  std::optional<double> guidance_;
  std::shared_ptr<const RetrievalTower> tower_;
  std::optional<int> beginnings_;
};

/// References from this library and the index beside it. Refuses an index of another library, and one that holds
/// anything outside the train clips. A path that is empty or not there: no references, and no error.
[[nodiscard]] Result<ModelUnderTest::ReferenceOpener> referencesFrom(std::shared_ptr<const Library> library,
                                                                     const std::filesystem::path& index,
                                                                     const std::filesystem::path& tower = {});

}  // namespace kinescore
