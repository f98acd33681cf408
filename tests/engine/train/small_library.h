// A library of made-up walks and a stand-in for the text model.
#pragma once

#include <cmath>

#include "engine/core/hash.h"
#include "engine/core/random.h"
#include "engine/library/library.h"
#include "engine/train/caption_texts.h"
#include "tests/engine/network/small_model.h"

namespace kinescore {

inline Library smallLibrary(int clips = 6, int frames = 120) {
  Library library;
  library.licenseNotice = "made up for tests";
  for (int i = 0; i < clips; ++i) {
    LibraryClip clip;
    clip.id = "walk" + std::to_string(i);
    clip.source = "made up";
    clip.subject = std::to_string(i);
    clip.split = i + 1 == clips ? Split::Val : Split::Train;
    clip.motion = smallWalk(frames, std::uint64_t(i));
    clip.motion.contacts.assign(std::size_t(frames) * 4, 1);
    Caption first, second;
    first.frames = {0, frames / 2};
    first.action = i % 2 ? "walk" : "stroll";
    first.textA = "walk to the left " + std::to_string(i);
    first.textB = first.textC = "someone walks to the left";
    second = first;
    second.frames = {frames / 2, frames};
    second.action = "turn";
    second.textA = "turn right " + std::to_string(i);
    clip.captions = {first, second};
    library.clips.push_back(std::move(clip));
  }
  return library;
}

/// A vector a word, from the word alone.
inline Result<std::shared_ptr<const TextEmbedding>> madeUpEmbedding(std::string_view sentence) {
  auto embedding = std::make_shared<TextEmbedding>();
  for (std::size_t at = 0; at < sentence.size();) {
    const std::size_t end = std::min(sentence.find(' ', at), sentence.size());
    embedding->words.emplace_back(sentence.substr(at, end - at));
    embedding->ids.push_back(int(embedding->ids.size()));
    CounterRandom random(fnv1a(embedding->words.back()));
    for (int i = 0; i < kTextWidth; ++i) embedding->tokens.push_back(float(0.3 * random.normal()));
    at = end + 1;
  }
  embedding->sentence.assign(kTextWidth, 0.0f);
  for (std::size_t i = 0; i < embedding->tokens.size(); ++i) embedding->sentence[i % kTextWidth] += embedding->tokens[i];
  double length = 0;
  for (const float x : embedding->sentence) length += double(x) * x;
  for (float& x : embedding->sentence) x = float(x / std::sqrt(length));
  return std::shared_ptr<const TextEmbedding>(std::move(embedding));
}

}  // namespace kinescore
