#include "engine/library/caption_index.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/core/hash.h"
#include "engine/storage/safetensors.h"

namespace kinescore {
namespace {

constexpr int kFormat = 1;

bool isIndexed(const LibraryClip& clip) {
  return clip.split == Split::Train && clip.motion.frameCount() > 0;
}

std::vector<const std::string*> wordingsOf(const Caption& caption) {
  std::vector<const std::string*> wordings;
  for (const std::string* text : {&caption.textA, &caption.textB, &caption.textC}) {
    if (!text->empty()) wordings.push_back(text);
  }
  return wordings;
}

NamedSides sidesOf(const Caption& caption) {
  NamedSides sides;
  for (const std::string* text : wordingsOf(caption)) {
    const NamedSides here = namedSides(*text);
    sides.left = sides.left || here.left;
    sides.right = sides.right || here.right;
  }
  return sides;
}

}  // namespace

std::string contentHashOf(std::span<const LibraryClip> clips) {
  Sha256 hash;
  for (const LibraryClip& clip : clips) {
    if (clip.captions.empty()) continue;
    hash.update(clip.id + "\n" + std::to_string(int(clip.split)) + " " +
                std::to_string(clip.motion.frameCount()) + "\n");
    for (const Caption& c : clip.captions) {
      hash.update(std::to_string(c.frames.start) + " " + std::to_string(c.frames.end) + "\n" + c.textA + "\n" +
                  c.textB + "\n" + c.textC + "\n");
    }
  }
  return hash.finishHex();
}

std::vector<float> meanDirection(std::span<const std::vector<float>> vectors) {
  std::vector<float> mean(vectors.empty() ? 0 : vectors.front().size(), 0.0f);
  for (const std::vector<float>& v : vectors) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += v[i];
  }
  double length = 0;
  for (const float v : mean) length += double(v) * v;
  for (float& v : mean) v = float(v / std::sqrt(std::max(length, 1e-12)));
  return mean;
}

Result<CaptionIndex> indexCaptions(const Library& library, const SentenceVector& vectorOf, const RetrievalTower* tower) {
  CaptionIndex index;
  if (tower) index.towerHash = tower->hash();
  index.contentHash = contentHashOf(library);
  for (std::size_t c = 0; c < library.clips.size(); ++c) {
    const LibraryClip& clip = library.clips[c];
    if (!isIndexed(clip)) continue;
    for (std::size_t k = 0; k < clip.captions.size(); ++k) {
      std::vector<std::vector<float>> said;
      for (const std::string* text : wordingsOf(clip.captions[k])) {
        Result<std::vector<float>> vector = vectorOf(*text);
        if (!vector) return vector.error();
        said.push_back(std::move(*vector));
      }
      if (said.empty()) continue;
      const std::vector<float> mean = meanDirection(said);
      index.width = int(mean.size());
      index.rows.push_back({int(c), int(k)});
      index.vectors.insert(index.vectors.end(), mean.begin(), mean.end());
      if (!tower) continue;
      const std::vector<float> place = tower->ofMotion(clip.motion, clip.captions[k].frames);
      index.towerVectors.insert(index.towerVectors.end(), place.begin(), place.end());
    }
  }
  if (index.rows.empty()) return Error{ErrorCode::BadInput, "The library holds no captioned clips of the split to train on."};
  return index;
}

std::string writeCaptionIndex(const CaptionIndex& index) {
  SafetensorsWriter writer;
  writer.setMetadata("kind", "kinescore-caption-index");
  writer.setMetadata("version", std::to_string(kFormat));
  writer.setMetadata("library", index.contentHash);
  const auto rows = std::int64_t(index.rows.size());
  std::string numbers;
  for (const CaptionIndex::Row& row : index.rows) {
    const std::int32_t pair[2] = {row.clip, row.caption};
    numbers.append(reinterpret_cast<const char*>(pair), sizeof pair);
  }
  writer.addBytes("rows", ElementType::I32, {rows, 2}, std::move(numbers));
  writer.addFloatsAsHalf("vectors", {rows, index.width}, index.vectors);
  if (!index.towerHash.empty()) {
    writer.setMetadata("tower", index.towerHash);
    writer.addFloatsAsHalf("tower", {rows, std::int64_t(index.towerVectors.size()) / std::max<std::int64_t>(rows, 1)}, index.towerVectors);
  }
  return writer.write();
}

Result<CaptionIndex> loadCaptionIndex(const std::filesystem::path& path) {
  const std::string name = "“" + path.filename().string() + "”";
  Result<SafetensorsFile> file = SafetensorsFile::load(path);
  if (!file) return file.error();
  const auto told = [&](const char* key) {
    const auto found = file->metadata().find(key);
    return found == file->metadata().end() ? std::string() : found->second;
  };
  if (told("kind") != "kinescore-caption-index" || told("version") != std::to_string(kFormat)) {
    return Error{ErrorCode::BadInput, name + " is no index of captions that this version of Kinescore can read."};
  }
  const Result<TensorView> rows = file->require("rows", {-1, 2});
  if (!rows) return rows.error();
  const Result<TensorView> vectors = file->require("vectors", {rows->shape[0], -1});
  if (!vectors) return vectors.error();
  if (rows->type != ElementType::I32) return Error{ErrorCode::BadInput, name + " numbers its captions in an unknown way."};
  CaptionIndex index;
  index.contentHash = told("library");
  index.width = int(vectors->shape[1]);
  index.rows.resize(std::size_t(rows->shape[0]));
  for (std::size_t i = 0; i < index.rows.size(); ++i) {
    std::int32_t pair[2];
    std::memcpy(pair, rows->bytes.data() + i * sizeof pair, sizeof pair);
    index.rows[i] = {pair[0], pair[1]};
  }
  index.vectors = vectors->toFloats();
  index.towerHash = told("tower");
  if (index.towerHash.empty()) return index;
  const Result<TensorView> tower = file->require("tower", {rows->shape[0], -1});
  if (!tower) return tower.error();
  index.towerVectors = tower->toFloats();
  return index;
}

Result<std::vector<ReferenceEntry>> entriesOf(const CaptionIndex& index, std::span<const LibraryClip> clips, int firstClip,
                                              const std::string& towerHash) {
  if (index.contentHash != contentHashOf(clips)) {
    return Error{ErrorCode::BadInput,
                 "The index of captions was made for another motion library; make it again with `kinescore library index`."};
  }
  std::vector<ReferenceEntry> entries;
  for (std::size_t i = 0; i < index.rows.size(); ++i) {
    const auto [c, k] = index.rows[i];
    const bool exists = c >= 0 && std::size_t(c) < clips.size() && k >= 0 && std::size_t(k) < clips[c].captions.size();
    if (!exists) return Error{ErrorCode::BadInput, "The index of captions names a caption that the library does not have."};
    const LibraryClip& clip = clips[c];
    if (clip.split != Split::Train) {
      return Error{ErrorCode::BadInput, "The index of captions holds “" + clip.id +
                                            "”, which is set aside for evaluation; make it again with `kinescore library index`."};
    }
    const auto first = index.vectors.begin() + std::ptrdiff_t(i) * index.width;
    entries.push_back({firstClip + c, k, clip.captions[k].frames.length(), sidesOf(clip.captions[k]), {first, first + index.width}, {}});
    if (towerHash.empty() || index.towerHash != towerHash) continue;
    const auto width = std::ptrdiff_t(index.towerVectors.size() / index.rows.size());
    const auto place = index.towerVectors.begin() + std::ptrdiff_t(i) * width;
    entries.back().tower.assign(place, place + width);
  }
  return entries;
}

Result<ReferenceSearch> searchThrough(const CaptionIndex& index, const Library& library, const std::string& towerHash) {
  Result<std::vector<ReferenceEntry>> entries = entriesOf(index, library.clips, 0, towerHash);
  if (!entries) return entries.error();
  return ReferenceSearch(std::move(*entries));
}

}  // namespace kinescore
