// What the captions of a library's train clips mean, as vectors, beside the library: so that a
// prompt finds its references without embedding every caption again. Made by `kinescore library
// index`, one safetensors file.
#pragma once

#include <functional>
#include <span>

#include "engine/library/library.h"
#include "engine/library/reference_search.h"
#include "engine/library/retrieval_tower.h"

namespace kinescore {

/// A sentence as a vector of unit length, 384 values with the text model that ships.
using SentenceVector = std::function<Result<std::vector<float>>(std::string_view)>;

struct CaptionIndex {
  struct Row {
    int clip = 0, caption = 0;  // of the library
  };
  std::string contentHash;      // contentHashOf() of the library that it was made from
  std::vector<Row> rows;
  int width = 0;
  std::vector<float> vectors;   // [rows][width], unit length
  std::string towerHash;        // of the retrieval tower; empty: there are no tower vectors
  std::vector<float> towerVectors;  // [rows][RetrievalTower::width()] of the captioned motion, unit length
};

/// Ids, splits, spans and words of all captioned clips.
[[nodiscard]] std::string contentHashOf(std::span<const LibraryClip> clips);
[[nodiscard]] inline std::string contentHashOf(const Library& library) { return contentHashOf(std::span(library.clips)); }

/// Every caption of a train clip: the mean of what its wordings say and, with a tower, where its motion lies.
[[nodiscard]] Result<CaptionIndex> indexCaptions(const Library& library, const SentenceVector& vectorOf,
                                                 const RetrievalTower* tower = nullptr);

/// The mean of some sentences' vectors, at unit length.
[[nodiscard]] std::vector<float> meanDirection(std::span<const std::vector<float>> vectors);

[[nodiscard]] std::string writeCaptionIndex(const CaptionIndex& index);
[[nodiscard]] Result<CaptionIndex> loadCaptionIndex(const std::filesystem::path& file);

/// Ready to be asked; ReferenceEntry::clip and caption are numbers of the library. Refuses an index
/// of another library, and any that reaches beyond the train clips: what is held out for evaluation
/// is never shown to the network. Tower vectors come along where `towerHash`'s tower made them.
[[nodiscard]] Result<ReferenceSearch> searchThrough(const CaptionIndex& index, const Library& library,
                                                    const std::string& towerHash = {});
/// The same for an index of `clips` that stand among others from number `firstClip` on.
[[nodiscard]] Result<std::vector<ReferenceEntry>> entriesOf(const CaptionIndex& index, std::span<const LibraryClip> clips,
                                                            int firstClip = 0, const std::string& towerHash = {});

}  // namespace kinescore
