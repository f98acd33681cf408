// `kinescore library add | list | remove`
#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/folder_adding.h"
#include "app/library_command.h"
#include "app/paths.h"
#include "app/terminal.h"
#include "engine/library/user_libraries.h"

namespace kinescore {
namespace {

constexpr int kPartialExit = 5;

int fail(const Error& error) {
  std::fprintf(stderr, "kinescore: %s\n", error.message.c_str());
  return exitCodeOf(error.code);
}

std::filesystem::path shelfOf(const LibraryCommandOptions& o) { return o.shelf.empty() ? userLibraryFolder() : o.shelf; }

void printNotes(const char* heading, const std::vector<DatasetNote>& notes) {
  if (notes.empty()) return;
  std::printf("%s (%zu):\n", heading, notes.size());
  for (const DatasetNote& note : notes) std::printf("  %s: %s\n", note.clip.c_str(), note.text.c_str());
}

void printAdded(const UserClips& clips, const std::string& name, const std::filesystem::path& file) {
  printNotes("Mended or assumed", clips.notes);
  printNotes("Left out", clips.leftOut);
  if (clips.captionedByName > 0) {
    std::printf("%d clips have no captions: the words of their file names stand for them. Put captions.csv into the "
                "folder, or a .txt beside a clip, and add it again for better finds.\n", clips.captionedByName);
  }
  if (clips.uncaptioned > 0) {
    std::printf("%d clips have no captions and names that say nothing: no prompt finds them, but they can be pinned.\n", clips.uncaptioned);
  }
  std::printf("%s: %zu of %d clips, %.1f minutes: %s\n", name.c_str(), clips.library.clips.size(), clips.files, clips.minutes(),
              file.c_str());
}

int runAdd(const LibraryCommandOptions& o) {
  const std::filesystem::path shelf = shelfOf(o);
  const std::string name = o.name.empty() ? libraryNameFor(o.folder) : o.name;
  InterruptGuard interrupt;
  LiveLine line;
  const Result<AddedFolder> added = addFolderAsLibrary(
      shelf, name, o.folder, [&](const std::string& what, double fraction) { line.show(what, fraction); }, interrupt.token());
  line.finish();
  if (!added) return fail(added.error());
  printAdded(added->clips, name, added->files.library);
  return added->clips.leftOut.empty() ? 0 : kPartialExit;
}

int runList(const LibraryCommandOptions& o) {
  const std::vector<LibraryFiles> found = addedLibraryFiles(shelfOf(o));
  int exitCode = 0;
  for (const LibraryFiles& files : found) {
    const std::string name = files.library.stem().string();
    const Result<Library> library = loadLibrary(files.library);
    if (!library) {
      exitCode = fail(library.error());
      continue;
    }
    double frames = 0;
    for (const LibraryClip& clip : library->clips) frames += double(clip.motion.frameCount());
    std::printf("%s: %zu clips, %.1f minutes, from %s%s\n", name.c_str(), library->clips.size(), frames / kEngineRate.fps() / 60,
                library->userFolder.c_str(), files.captionIndex.empty() ? " (without captions: only pins find them)" : "");
  }
  if (found.empty()) std::fprintf(stderr, "kinescore: No library was added yet; add a folder of BVH files with “kinescore library add FOLDER”.\n");
  return exitCode;
}

int runRemove(const LibraryCommandOptions& o) {
  const Status removed = removeUserLibrary(shelfOf(o), o.name);
  if (!removed) return fail(removed.error());
  std::printf("removed: %s\n", o.name.c_str());
  return 0;
}

}  // namespace

void addUserLibraryCommands(CLI::App& library, LibraryCommandOptions& o, int& exitCode) {
  const auto addShelf = [&](CLI::App* command) {
    command->add_option("-o,--output", o.shelf, "Folder of the added libraries (default: KINESCORE_LIBRARIES, else kinescore/libraries in the user's data folder)");
  };
  CLI::App* add = library.add_subcommand("add", "Use a folder of your own motion (BVH) as references, beside the library that ships");
  add->add_option("folder", o.folder, "Folder with BVH files, or one that “dataset build” reads")->required();
  add->add_option("--name", o.name, "What it is called (default: the folder's name)");
  addShelf(add);
  add->callback([&] { exitCode = runAdd(o); });
  CLI::App* list = library.add_subcommand("list", "The libraries that were added");
  addShelf(list);
  list->callback([&] { exitCode = runList(o); });
  CLI::App* remove = library.add_subcommand("remove", "Forget an added library; the folder it was made from is left alone");
  remove->add_option("name", o.name, "Its name, as in list")->required();
  addShelf(remove);
  remove->callback([&] { exitCode = runRemove(o); });
}

}  // namespace kinescore
