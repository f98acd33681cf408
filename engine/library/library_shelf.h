// The libraries that references are looked up in, as one: the library that ships and those a user added.
//
//   auto shelf = LibraryShelf::open(files);            // the first one must be readable
//   auto search = shelf->search();                     // over all of them; numbers are of shelf->library()
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/library/caption_index.h"

namespace kinescore {

struct LibraryFiles {
  std::filesystem::path library;
  std::filesystem::path captionIndex;  // empty: prompts find nothing in it
};

/// One library of the shelf: clips [firstClip, firstClip + clips) of the whole.
struct ShelfPart {
  LibraryFiles files;
  int firstClip = 0, clips = 0;
  bool isOwn = false;  // the user's; the first one ships
  std::string folder;  // that a user's clips were added from
  /// What an added library is called; the one that ships is kShippedLibrary.
  [[nodiscard]] std::string name() const;
};
constexpr const char* kShippedLibrary = "kinescore";

class LibraryShelf {
 public:
  /// An added library (any but the first) that cannot be read, or has a clip of an id that is there
  /// already, is left out and named in `problems()`.
  [[nodiscard]] static Result<LibraryShelf> open(const std::vector<LibraryFiles>& files);

  [[nodiscard]] const std::shared_ptr<const Library>& library() const { return library_; }
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  [[nodiscard]] const std::vector<ShelfPart>& parts() const { return parts_; }
  /// Through every library that has an index. An added one's that does not fit is left out and told in
  /// `problems`; the first one's is an error.
  [[nodiscard]] Result<ReferenceSearch> search(std::vector<std::string>& problems, const std::string& towerHash = {}) const;

 private:
  std::shared_ptr<const Library> library_;
  std::vector<ShelfPart> parts_;
  std::vector<std::string> problems_;
};

}  // namespace kinescore
