// Two rows of the protocol: a body seen by a camera, told in one look; and a beat that is kept. Which stretches they
// are taken from follows from the manifest alone.
#pragma once

#include <stop_token>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/evaluate/evaluation_run.h"

namespace kinescore {

constexpr std::int64_t kBeatFrames = 180;

/// Numbers of in-betweens whose body is upright; of stretches said of motion that goes on its feet for two seconds.
[[nodiscard]] std::vector<int> viewedStretches(const EvaluationQuestion& question);
[[nodiscard]] std::vector<int> beatenStretches(const EvaluationQuestion& question);
/// Beats a minute of one of `count`: evenly over 90 … 140.
[[nodiscard]] double tempoOf(int index, int count);

/// A camera from a fixed seed, 17 points without faults, nothing said: estimated in one look.
[[nodiscard]] Result<nlohmann::json> measureView(const EvaluationQuestion& question, const EvaluationInbetween& item,
                                                 ModelUnderTest& model, std::stop_token stop);
/// Six seconds of what the stretch says, over a beat.
[[nodiscard]] Result<nlohmann::json> measureBeat(const EvaluationQuestion& question, const EvaluationStretch& item, double tempo,
                                                 ModelUnderTest& model, std::stop_token stop);

}  // namespace kinescore
