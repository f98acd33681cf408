// Which of several beginnings of a window does what its texts say, judged by the retrieval tower. It was trained on
// captures and their captions and shares nothing with the evaluators that judge the result.
#pragma once

#include "engine/generation/samplers.h"
#include "engine/library/retrieval_tower.h"

namespace kinescore {

/// Likeness of texts and motion, each text by its frames in the window; empty where no text for the whole body covers
/// half a second of what is made. All three must outlive it.
[[nodiscard]] Judge judgeByTexts(const RetrievalTower& tower, const WindowConditions& conditions,
                                 const FeatureStatistics& statistics);

}  // namespace kinescore
