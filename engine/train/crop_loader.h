// Crops for training from a library that need not fit into memory: pieces of it (engine/library/shards.h)
// are opened a few at a time, and threads of its own prepare the next batches while one is used.
//
// What a batch holds depends on the seed and its number alone, never on the threads or on how fast they
// are, so a run that stopped goes on with the batch it would have had. An epoch walks all pieces in a
// random order, a few together; within those a segment is drawn as TrainingData draws it (an action by the
// square root of its frames in the whole library, a segment by its length).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/library/shards.h"

namespace kinescore {

struct CropText {
  std::string words;  // already those of the mirror image where the crop is mirrored
  int startFrame = 0, endFrame = 0;  // of the crop, may reach beyond it
};

struct LoadedCrop {
  int shard = 0, clip = 0;   // of the set, of the piece
  bool mirrored = false;
  std::int64_t start = 0;    // of the clip
  int frames = 0;            // even
  ClipQuality quality = ClipQuality::Clean;
  bool flatFloor = true;
  std::vector<CropText> texts;
  std::vector<float> values; // [frames][273] in the space of the first frame, not normalised
};

struct CropBatch {
  std::int64_t number = 0;
  std::vector<LoadedCrop> crops;
};

struct CropLoaderOptions {
  int batch = 10, frames = 192;
  Split split = Split::Train;
  std::uint64_t seed = 1;
  int threads = 2;
  int ahead = 8;              // batches that are kept ready
  int together = 4;           // pieces open at a time; as many again are opened ahead
  std::int64_t firstBatch = 0;
};

class CropLoader {
 public:
  /// An error when no piece holds captioned clips of the split.
  [[nodiscard]] static Result<std::unique_ptr<CropLoader>> open(ShardSet shards, const CropLoaderOptions& options);
  ~CropLoader();
  CropLoader(const CropLoader&) = delete;
  CropLoader& operator=(const CropLoader&) = delete;

  /// The next batch in order; waits only when none is ready. After an error it stays one.
  [[nodiscard]] Result<CropBatch> next();
  /// Batches of one walk through all pieces: as many frames as the split has, with mirror images.
  [[nodiscard]] std::int64_t batchesAnEpoch() const;

 private:
  class State;
  explicit CropLoader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Features in world space become those of the mirrored motion, in place. [frames][273]
void mirrorFeatures(std::vector<float>& values);

}  // namespace kinescore
