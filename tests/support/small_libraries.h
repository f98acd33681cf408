// Two small motion libraries in files: one as it ships, with clips that are held out, and a user's own.
#pragma once

#include <cctype>
#include <cmath>
#include <filesystem>

#include "engine/library/caption_index.h"
#include "engine/library/user_libraries.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {

/// Arms swing and the figure walks off along z at `speed` metres a second.
inline Motion smallMotion(std::int64_t frames, float speed) {
  Motion motion;
  for (std::int64_t f = 0; f < frames; ++f) {
    Pose pose = restPose(*kinescore22());
    const float phase = 0.25f * float(f);
    pose.rootPosition.z += speed * float(f) / 30;
    pose.localRotations[kLeftArm] = glm::angleAxis(-1.2f + 0.3f * std::sin(phase), glm::vec3(0, 0, 1));
    pose.localRotations[kRightArm] = glm::angleAxis(1.2f - 0.3f * std::sin(phase), glm::vec3(0, 0, 1));
    pose.localRotations[kLeftUpLeg] = glm::angleAxis(0.5f * std::sin(phase), glm::vec3(1, 0, 0));
    pose.localRotations[kRightUpLeg] = glm::angleAxis(-0.5f * std::sin(phase), glm::vec3(1, 0, 0));
    motion.appendPose(pose);
  }
  return motion;
}

inline LibraryClip smallClip(const std::string& id, const std::string& category, std::vector<Caption> captions,
                             Split split = Split::Train, std::int64_t frames = 60) {
  LibraryClip clip;
  clip.id = id;
  clip.source = "small";
  clip.category = category;
  clip.description = category;
  clip.split = split;
  clip.motion = smallMotion(frames, category == "run" ? 3.0f : 1.2f);
  clip.captions = std::move(captions);
  return clip;
}

/// What a sentence means, in one of three directions: walking, running, jumping.
inline Result<std::vector<float>> smallMeaning(std::string_view sentence) {
  std::vector<float> vector(4, 0.05f);
  std::string words = " ";
  for (const char c : sentence) words += char(std::tolower(static_cast<unsigned char>(c)));
  const auto says = [&](const char* word) { return words.find(std::string(" ") + word) != std::string::npos; };
  vector[says("jump") || says("leap") || says("hop") ? 2 : says("run") ? 1 : says("walk") ? 0 : 3] = 1;
  const std::vector<float> only[] = {vector};
  return meanDirection(only);
}

inline LibraryFiles writeLibraryFiles(const std::filesystem::path& file, const Library& library) {
  std::filesystem::path index = file;
  index.replace_extension(".index.safetensors");
  putBytes(file, *writeLibrary(library));
  putBytes(index, writeCaptionIndex(*indexCaptions(library, smallMeaning)));
  return {file, index};
}

/// Three clips to offer and one of every split that is held out.
inline LibraryFiles writeSmallLibrary(const std::filesystem::path& file) {
  Library library;
  library.licenseNotice = "none";
  library.clips = {smallClip("small_walk", "walk", {{{0, 60}, "walk", "walk slowly", "somebody walks slowly", ""}}),
                   smallClip("small_run", "run", {{{0, 60}, "run", "run fast", "", ""}}),
                   smallClip("long_jump", "jump",
                             {{{0, 20}, "run", "run up", "", ""}, {{20, 50}, "jump", "jump over a gap", "", ""}})};
  library.clips.back().description = "run and jump";
  const std::pair<const char*, Split> held[] = {
      {"held_test", Split::Test}, {"held_val", Split::Val}, {"held_unseen", Split::Unseen}};
  for (const auto& [id, split] : held) {
    library.clips.push_back(smallClip(id, "walk", {{{0, 60}, "walk", "secret walk", "", ""}}, split));
  }
  return writeLibraryFiles(file, library);
}

/// A user's: two clips, the second one without captions that say more than its file's name.
inline LibraryFiles writeOwnLibrary(const std::filesystem::path& file, const std::string& name,
                                    const std::string& folder = "/nowhere/my clips") {
  Library library;
  library.userFolder = folder;
  library.clips = {smallClip(name + "/leap", "jump", {{{0, 60}, "jump", "leap far", "", ""}}),
                   smallClip(name + "/sneak", "walk", {{{0, 60}, "walk", "sneak walk", "", ""}})};
  return writeLibraryFiles(file, library);
}

}  // namespace kinescore
