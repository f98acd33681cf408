// Looking for clips by words, by library and by action class: what the window's library panel and
// `kinescore library search` show. Offers nothing that is held out for evaluation.
//
//   auto search = ClipSearch::over(shelf, problems);
//   auto answer = search->find({.words = "leap over a gap"}, vectorOf);
//   search->library().clips[answer->clips[0].clip]   // the best one, its best moment in .frames
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/library/library_shelf.h"

namespace kinescore {

struct ClipQuery {
  std::string words;   // blank: every clip
  std::string folder;  // name of a library of the shelf; empty: all of them
  std::string action;  // class of a caption or of the clip, "jump"; "dance" takes "dance_salsa", too; empty: any
  bool onlyOwn = false;  // what the user added
};

struct FoundClip {
  int clip = 0;       // of the shelf's library
  FrameRange frames;  // of it: the moment that was meant, all of it where nothing was asked
  int caption = -1;   // that says so; -1: none
  float score = 0;
};

struct ActionCount {
  std::string action;
  int clips = 0;
};

struct ClipAnswer {
  std::vector<FoundClip> clips;      // best first; without words by class, then by name
  std::vector<ActionCount> actions;  // among what words and folder let pass, the most frequent first
  int offered = 0;                   // clips that there are to look through
  std::string meaningProblem;        // not empty: why the words were looked for as they are written
};

/// Clips that are held out for evaluation are never shown.
[[nodiscard]] inline bool isOffered(const LibraryClip& clip) { return clip.split == Split::Train && clip.motion.frameCount() > 0; }

class ClipSearch {
 public:
  /// An index that cannot be read is told in `problems`; its clips are found by written words alone.
  [[nodiscard]] static ClipSearch over(const LibraryShelf& shelf, std::vector<std::string>& problems);

  /// A caption matches by the words that are written in it and, with `vectorOf`, by what they mean. An unknown folder is
  /// an error that names those there are.
  [[nodiscard]] Result<ClipAnswer> find(const ClipQuery& query, const SentenceVector& vectorOf = {},
                                        std::stop_token stop = {}) const;

  [[nodiscard]] const Library& library() const { return *library_; }
  [[nodiscard]] const std::shared_ptr<const Library>& sharedLibrary() const { return library_; }
  [[nodiscard]] const std::vector<ShelfPart>& parts() const { return parts_; }
  [[nodiscard]] const ShelfPart& partOf(int clip) const;

 private:
  class Judge;
  std::shared_ptr<const Library> library_;
  std::vector<ShelfPart> parts_;
  std::vector<std::vector<const float*>> vectors_;  // [clip][caption], into `entries_`; empty or null: none
  std::shared_ptr<const ReferenceSearch> entries_;
  int width_ = 0;  // of a vector
};

/// "Sprint start": what its caption says in short, else what is known of the clip; never empty.
[[nodiscard]] std::string titleOf(const LibraryClip& clip, int caption = -1);
/// "dance_salsa" as people write it, "Dance salsa".
[[nodiscard]] std::string actionTitle(const std::string& action);

}  // namespace kinescore
