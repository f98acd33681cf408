#include "app/media_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "app/terminal.h"
#include "engine/project/collect.h"
#include "engine/project/media_files.h"
#include "engine/project/project.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

fs::path folderOf(const fs::path& project) { return fs::absolute(project).parent_path(); }

/// The missing file of that name is where `found` says.
Status findMoved(ProjectDocument& document, const fs::path& folder, const fs::path& found) {
  for (const std::string& file : missingMedia(document.timeline, folder)) {
    if (fs::path(file).filename() != found.filename()) continue;
    const Result<TimelinePatch> patch = relinkMedia(document.timeline, folder, file, found);
    if (!patch) return patch.error();
    Result<Timeline> linked = apply(document.timeline, *patch);
    if (!linked) return linked.error();
    document.timeline = *std::move(linked);
    return {};
  }
  return Error{ErrorCode::BadInput, "The project misses no file of the name “" + found.filename().string() + "”."};
}

/// What the project names beside its clips' files moves along, too.
Status nameFrom(ProjectDocument& document, const fs::path& from, const fs::path& to) {
  Result<Timeline> timeline = withMediaNamedFrom(document.timeline, from, to);
  if (!timeline) return timeline.error();
  document.timeline = *std::move(timeline);
  std::string& draft = document.settings.draft;
  const bool isFile = draft.find_first_not_of("0123456789") != std::string::npos;
  if (isFile) draft = (from / draft).lexically_normal().lexically_proximate(to).generic_string();
  return {};
}

Status save(const ProjectDocument& document, const fs::path& project) {
  const Result<ProjectLock> lock = ProjectLock::acquire(project);
  if (!lock) return lock.error();
  const Result<SavedProject> saved = saveProject(document, project);
  if (!saved) return saved.error();
  for (const std::string& warning : saved->warnings) std::fprintf(stderr, "kinescore: %s\n", warning.c_str());
  return {};
}

Result<int> changeAndList(const MediaCommandOptions& options) {
  Result<OpenedProject> opened = openProject(options.project);
  if (!opened) return opened.error();
  ProjectDocument& document = opened->document;
  fs::path folder = folderOf(options.project);
  if (!options.found.empty()) {
    if (Status s = findMoved(document, folder, options.found); !s) return s.error();
  }
  if (!options.copyTo.empty()) {
    const fs::path to = folderOf(options.copyTo);
    if (Status s = nameFrom(document, folder, to); !s) return s.error();
    folder = to;
  }
  if (!options.found.empty() || !options.copyTo.empty()) {
    document.name = (options.copyTo.empty() ? options.project : options.copyTo).stem().string();
    if (Status s = save(document, options.copyTo.empty() ? options.project : options.copyTo); !s) return s.error();
  }
  const std::vector<std::string> missing = missingMedia(document.timeline, folder);
  for (const std::string& file : mediaFilesOf(document.timeline)) {
    const bool isMissing = std::find(missing.begin(), missing.end(), file) != missing.end();
    std::printf("%s\t%s\n", isMissing ? "missing" : "there", file.c_str());
  }
  return missing.empty() ? 0 : exitCodeOf(ErrorCode::NotFound);
}

Result<int> collect(const MediaCommandOptions& options) {
  const Result<OpenedProject> opened = openProject(options.project);
  if (!opened) return opened.error();
  LiveLine line;
  const InterruptGuard interrupt;
  const auto collected = collectProject(
      opened->document, folderOf(options.project), options.collectInto / options.project.filename(), [&](double fraction) {
        line.show("Copying", fraction);
        return !interrupt.token().stop_requested();
      });
  line.finish();
  if (!collected) return collected.error();
  std::printf("%s\n", collected->project.c_str());
  for (const std::string& file : collected->missing) std::printf("missing\t%s\n", file.c_str());
  return collected->missing.empty() ? 0 : exitCodeOf(ErrorCode::NotFound);
}

}  // namespace

int runMedia(const MediaCommandOptions& options) {
  const Result<int> code = options.collectInto.empty() ? changeAndList(options) : collect(options);
  if (code) return *code;
  std::fprintf(stderr, "kinescore: %s\n", code.error().message.c_str());
  return exitCodeOf(code.error().code);
}

void addMediaCommand(CLI::App& app, MediaCommandOptions& o) {
  CLI::App* command = app.add_subcommand("media", "The files of sound and video that a project names, and whether they are there");
  CLI::Option* project = command->add_option("project", o.project, "A .kinescore project");
  command->add_option("--find", o.found, "A missing file of this name is here now; what lay around it is looked for around it");
  command->add_option("--copy-to", o.copyTo, "Save the project under this name, also in another folder; it names the same files");
  CLI::App* collecting = command->add_subcommand("collect", "Copy a project, its takes and every file it names into a folder, so that it opens elsewhere");
  collecting->add_option("project", o.project, "A .kinescore project")->required();
  collecting->add_option("folder", o.collectInto, "Where to; made when it is not there")->required();
  command->callback([&o, command, project] {
    if (command->get_subcommands().empty() && project->empty()) throw CLI::RequiredError("project");
    o.exitCode = runMedia(o);
  });
}

}  // namespace kinescore
