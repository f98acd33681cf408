// Anybody's BVH file as a clip that the retarget takes on. A BVH names neither its unit nor its up axis and
// every program has its own names and rest pose, so joints are told by name (joint_names.h), the unit by
// the length of the legs, the axis by how the figure stands, and the poses by where the joints are.
//
// A file on our own skeleton (an exported take) keeps its rotations. Of others, turns of head and hands
// about themselves are not read (joint_solve.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/io/humanml3d.h"
#include "engine/library/dataset_builder.h"
#include "engine/retarget/mapped_clip.h"

namespace kinescore {

struct ImportedBvh {
  MappedClip clip;
  std::vector<std::string> notes;  // what was mended or assumed
};
[[nodiscard]] Result<ImportedBvh> importBvh(std::string_view bytes, std::string_view fileName);

/// A BVH file as motion on kinescore22 at 30 Hz, feet on the floor.
[[nodiscard]] Result<Motion> motionFromBvhFile(const std::filesystem::path& file);

/// "Sneak_walk-02_R.bvh" says "sneak walk right"; numbers and lone letters say nothing. May be empty.
[[nodiscard]] std::string captionFromFileName(const std::filesystem::path& file);

/// A text file of captions beside a motion file: lines as HumanML3D has them, or plain sentences.
[[nodiscard]] std::filesystem::path captionFileBeside(const std::filesystem::path& file);

}  // namespace kinescore
