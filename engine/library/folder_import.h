// Other people's folders of motion as a library: trees of BVH or AMASS-style NPZ files, and HumanML3D-style
// folders of captions beside joint positions or beside an index into such a tree. buildDataset calls
// this for folders without manifest.csv.
//
//   Trees:           SOURCE/SUBJECT/anything.bvh or .npz, and, if there is one, captions.csv at the top with
//                    ids like "SOURCE/SUBJECT/anything". A BVH file that it does not tell about takes its
//                    captions from anything.txt beside it, else from the words of its name (bvh_import.h).
//   HumanML3D-style: texts/000021.txt with new_joints/000021.npy (or joints/, new_joint_vecs/), or with
//                    index.csv and the AMASS folder it names parts of; train.txt, val.txt and test.txt
//                    are followed when they are there. Files M000021 are mirror images and left out:
//                    the trainer makes its own.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>

#include "engine/library/dataset_builder.h"

namespace kinescore {

enum class FolderStyle { Manifest, Tree, HumanMl3d };
/// Nothing: none of the three.
[[nodiscard]] std::optional<FolderStyle> styleOfFolder(const std::filesystem::path& folder);

/// As buildDataset; a bad clip is reported and left out.
[[nodiscard]] Result<Dataset> importFolder(const std::filesystem::path& folder, FolderStyle style, const DatasetOptions& options,
                                           const std::function<void(const DatasetProgress&)>& progress, std::stop_token stop = {});

}  // namespace kinescore
