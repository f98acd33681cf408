// Are the captured moments that a prompt finds of the action it asks for? Held-out captions are the prompts,
// the train clips are what is found; nothing is generated.
#pragma once

#include <string>

#include "engine/library/caption_index.h"

namespace kinescore {

struct RetrievalFigures {
  int captions = 0, prompts = 0;  // a caption is asked for in each of its wordings
  double first = 0;               // share of prompts whose first moment has the caption's action
  double ofThree = 0;             // share of the first three moments that have it
  double allThree = 0;            // share of prompts whose first three all have it
  double anyOfThree = 0;
};

/// `tower` null: by words alone. Actions that no train clip has are not asked for. A user's library is refused.
[[nodiscard]] Result<RetrievalFigures> measureRetrieval(const Library& library, Split split, const CaptionIndex& index,
                                                        const SentenceVector& vectorOf, const RetrievalTower* tower);

}  // namespace kinescore
