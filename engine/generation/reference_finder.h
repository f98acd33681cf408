// Captured moments shown to the network beside a prompt, found by what the prompt says. They tell it
// the manner of a motion; the motion itself is made anew, and the take reports how near it came to
// the library.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/library/library.h"
#include "engine/library/reference_search.h"
#include "engine/request/request.h"

namespace kinescore {

struct ReferenceLibrary {
  std::shared_ptr<const Library> library;
  ReferenceSearch search;  // through `library`
};

/// Up to `count` moments for a prompt over its span: drawn among the eight whose captions come
/// nearest, the nearer the likelier (model.md §5), so that every seed is shown others. None whose
/// captions say something else. `sentence`: the prompt as a vector of unit length; `number`: which
/// prompt of the request it is.
[[nodiscard]] std::vector<ReferenceRequest> findReferences(const ReferenceLibrary& from,
                                                           const TextRequest& prompt,
                                                           std::span<const float> sentence, int count,
                                                           std::uint64_t seed, int number);

}  // namespace kinescore
