// A project with everything it names in one folder, so that it opens on another computer: the project, its takes, every
// file of sound and video, and the motion file it follows as a draft.
//
//   auto collected = collectProject(*document, "shots", "/media/stick/rooftop/rooftop.kinescore");
#pragma once

#include "engine/core/files.h"
#include "engine/project/project.h"

namespace kinescore {

struct CollectedProject {
  std::filesystem::path project;
  int files = 0;                     // copied into the folder “media” beside it
  std::vector<std::string> missing;  // named as before: they were not there
};

/// `document` names its files from `folder`. Nothing that is at `target` already is replaced; what was copied is taken
/// away again when it fails or `goOn` says no. The document itself stays as it is.
[[nodiscard]] Result<CollectedProject> collectProject(const ProjectDocument& document, const std::filesystem::path& folder,
                                                      const std::filesystem::path& target, const GoOn& goOn = {});

}  // namespace kinescore
