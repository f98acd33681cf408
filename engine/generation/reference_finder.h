// Captured moments shown to the network beside a prompt, found by what the prompt says. They tell it
// the manner of a motion; the motion itself is made anew, and the take reports how near it came to
// the library.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/library/library.h"
#include "engine/library/reference_search.h"
#include "engine/library/retrieval_tower.h"
#include "engine/request/request.h"

namespace kinescore {

struct ReferenceLibrary {
  std::shared_ptr<const Library> library;
  ReferenceSearch search;                       // through `library`
  std::shared_ptr<const RetrievalTower> tower;  // that made the entries' second vectors; null: words alone count
};

struct FoundReference {
  ReferenceRequest request;
  bool pinned = false;
};
struct FoundReferences {
  std::vector<FoundReference> references;  // pinned ones first, then best first
  std::vector<std::string> missing;        // pinned clips that the library does not have
};

/// Up to `count` moments for a prompt over its span: those that `wishes` pins to it, then drawn among the
/// eight that fit the prompt best, the better the likelier (model.md §5), so that every seed is shown
/// others. None whose captions say something else, none that is forbidden. Pins are shown even where they
/// are more than `count`, up to kMostReferences. `sentence`: the prompt as a vector of unit length;
/// `number`: which prompt of the request it is.
[[nodiscard]] FoundReferences findReferences(const ReferenceLibrary& from, const TextRequest& prompt,
                                             std::span<const float> sentence, int count,
                                             const ReferenceWishes& wishes, std::uint64_t seed, int number);

}  // namespace kinescore
