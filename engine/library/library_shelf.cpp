#include "engine/library/library_shelf.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace kinescore {

std::string ShelfPart::name() const { return isOwn ? files.library.stem().string() : kShippedLibrary; }

Result<LibraryShelf> LibraryShelf::open(const std::vector<LibraryFiles>& files) {
  LibraryShelf shelf;
  auto all = std::make_shared<Library>();
  std::set<std::string> ids;
  for (std::size_t i = 0; i < files.size(); ++i) {
    Result<Library> library = loadLibrary(files[i].library);
    if (!library && i == 0) return library.error();
    if (!library) {
      shelf.problems_.push_back("The added library was left out: " + library.error().message);
      continue;
    }
    const bool repeats = std::any_of(library->clips.begin(), library->clips.end(), [&](const LibraryClip& c) { return ids.contains(c.id); });
    if (repeats) {
      shelf.problems_.push_back("The added library “" + files[i].library.stem().string() +
                                "” was left out: it names clips as another one does.");
      continue;
    }
    for (const LibraryClip& clip : library->clips) ids.insert(clip.id);
    shelf.parts_.push_back({files[i], int(all->clips.size()), int(library->clips.size()), i > 0, library->userFolder});
    if (i == 0) all->licenseNotice = std::move(library->licenseNotice);
    std::move(library->clips.begin(), library->clips.end(), std::back_inserter(all->clips));
  }
  shelf.library_ = std::move(all);
  return shelf;
}

Result<ReferenceSearch> LibraryShelf::search(std::vector<std::string>& problems, const std::string& towerHash) const {
  std::vector<ReferenceEntry> entries;
  for (const ShelfPart& part : parts_) {
    if (part.files.captionIndex.empty()) continue;
    const auto clips = std::span(library_->clips).subspan(std::size_t(part.firstClip), std::size_t(part.clips));
    const Result<CaptionIndex> index = loadCaptionIndex(part.files.captionIndex);
    Result<std::vector<ReferenceEntry>> own = index ? entriesOf(*index, clips, part.firstClip, towerHash) : Result<std::vector<ReferenceEntry>>(index.error());
    const bool isShipped = !part.isOwn;
    const bool fits = own && (entries.empty() || own->empty() || entries[0].vector.size() == own->front().vector.size());
    if (!own && isShipped) return own.error();
    if (!fits) {
      problems.push_back("Prompts find nothing in the added library “" + part.files.library.stem().string() + "”: " +
                         (own ? "its index is of another text model; add it again." : own.error().message));
      continue;
    }
    for (ReferenceEntry& entry : *own) entry.isOwn = !isShipped;
    std::move(own->begin(), own->end(), std::back_inserter(entries));
  }
  return ReferenceSearch(std::move(entries));
}

}  // namespace kinescore
