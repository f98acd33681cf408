// A motion library: captured clips on kinescore22 at 30 Hz with timed captions. It is what the
// trainer learns from and where references are looked up. Made by `kinescore dataset build`, one
// file: 16-bit quaternions and roots, captions and provenance as JSON, zstd-compressed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

/// What is done in a run of frames. `text_a` is short, as an animator types; b and c are sentences.
struct Caption {
  FrameRange frames;   // of the clip, 30 Hz
  std::string action;  // one of the manifest's classes
  std::string textA, textB, textC;
  bool operator==(const Caption&) const = default;
};

/// How trustworthy a clip's motion is; given to the network as a token, `Clean` at run time.
enum class ClipQuality { Clean, Daz, BallPlay, Keyed, NoFloor };

enum class Split { Train, Val, Test, Unseen };

struct LibraryClip {
  std::string id;           // of the manifest, "cmu_16_02"
  std::string source;       // "CMU", "BallPlay" …, as in the licence list
  std::string subject;
  std::string description;
  std::string category;
  Split split = Split::Train;
  ClipQuality quality = ClipQuality::Clean;
  bool flatFloor = true;    // false: no contact or floor loss, no foot lock
  Motion motion;            // kinescore22, 30 Hz, with contacts
  std::vector<Caption> captions;
};

struct Library {
  std::vector<LibraryClip> clips;
  std::string licenseNotice;
  /// The folder that a user's own clips were added from; empty: no user's library. What is a user's is
  /// shown to the network and learned from when asked, and never takes part in an evaluation.
  std::string userFolder;

  [[nodiscard]] const LibraryClip* findClip(std::string_view id) const;
};

/// Limits are checked before anything is allocated; a damaged file is one sentence.
[[nodiscard]] Result<Library> readLibrary(std::string_view bytes);
[[nodiscard]] Result<Library> loadLibrary(const std::filesystem::path& path);
[[nodiscard]] Result<std::string> writeLibrary(const Library& library);

}  // namespace kinescore
