#include "engine/evaluate/retrieval_figures.h"

#include <algorithm>
#include <set>

#include "engine/evaluate/evaluation_manifest.h"

namespace kinescore {
namespace {

constexpr std::size_t kLookedAt = 3;
constexpr std::int64_t kShortestFrames = 12;  // as the engine has it

ReferenceQuery queryOf(const std::string& prompt, std::int64_t frames, std::vector<float> sentence, const RetrievalTower* tower) {
  ReferenceQuery query{std::move(sentence), namedSides(prompt), frames, {}, {}};
  if (!tower) return query;
  query.tower = tower->ofText(query.vector, query.sides);
  query.mirroredTower = tower->ofText(query.vector, query.sides.mirrored());
  return query;
}

void count(const std::vector<ReferenceMatch>& found, const ReferenceSearch& search, const Library& library, const std::string& action,
           RetrievalFigures& sums) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const ReferenceEntry& entry = search.entries()[std::size_t(found[i].entry)];
    const bool isRight = library.clips[std::size_t(entry.clip)].captions[std::size_t(entry.caption)].action == action;
    right += isRight;
    sums.first += i == 0 && isRight;
  }
  sums.ofThree += double(right) / double(kLookedAt);
  sums.allThree += right == kLookedAt;
  sums.anyOfThree += right > 0;
  ++sums.prompts;
}

}  // namespace

Result<RetrievalFigures> measureRetrieval(const Library& library, Split split, const CaptionIndex& index, const SentenceVector& vectorOf,
                                          const RetrievalTower* tower) {
  if (Status allowed = checkMayBeEvaluatedOn(library); !allowed) return allowed.error();
  const Result<ReferenceSearch> search = searchThrough(index, library, tower ? tower->hash() : std::string());
  if (!search) return search.error();
  if (tower && index.towerHash != tower->hash()) {
    return Error{ErrorCode::BadInput, "The index of captions was made with another retrieval tower; make it again with `kinescore library index`."};
  }
  std::set<std::string> actions;
  for (const ReferenceEntry& entry : search->entries()) {
    actions.insert(library.clips[std::size_t(entry.clip)].captions[std::size_t(entry.caption)].action);
  }
  RetrievalFigures sums;
  for (const LibraryClip& clip : library.clips) {
    if (clip.split != split) continue;
    for (const Caption& caption : clip.captions) {
      if (!actions.contains(caption.action)) continue;
      ++sums.captions;
      for (const std::string* text : {&caption.textA, &caption.textB, &caption.textC}) {
        if (text->empty()) continue;
        Result<std::vector<float>> sentence = vectorOf(*text);
        if (!sentence) return sentence.error();
        const auto found = search->find(queryOf(*text, caption.frames.length(), std::move(*sentence), tower), kLookedAt,
                                        [](const ReferenceEntry& entry) { return entry.frames >= kShortestFrames; });
        count(found, *search, library, caption.action, sums);
      }
    }
  }
  if (sums.prompts == 0) return Error{ErrorCode::BadInput, "The library holds no captions of that split to ask for."};
  for (double* share : {&sums.first, &sums.ofThree, &sums.allThree, &sums.anyOfThree}) *share /= sums.prompts;
  return sums;
}

}  // namespace kinescore
