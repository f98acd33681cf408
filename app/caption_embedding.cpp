#include "app/caption_embedding.h"

#include <algorithm>
#include <memory>

#include "app/terminal.h"
#include "engine/text/text_encoder.h"
#include "engine/torch_runtime/torch_runtime.h"

namespace kinescore {
namespace {

std::size_t captionsOf(const Library& library) {
  std::size_t captions = 0;
  for (const LibraryClip& clip : library.clips) captions += clip.split == Split::Train ? clip.captions.size() : 0;
  return captions;
}

}  // namespace

Result<CaptionIndex> indexWithTextModel(const Library& library, std::stop_token stop) {
  Result<std::unique_ptr<TorchRuntime>> runtime = TorchRuntime::open({});
  if (!runtime) return runtime.error();
  const Result<std::filesystem::path> folder = findTextModelFolder();
  if (!folder) return folder.error();
  Result<std::unique_ptr<TextEncoder>> encoder = TextEncoder::open(**runtime, *folder);
  if (!encoder) return encoder.error();
  const double sentences = 3.0 * double(captionsOf(library));
  double done = 0;
  LiveLine live;
  auto index = indexCaptions(library, [&](std::string_view sentence) -> Result<std::vector<float>> {
    if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Indexing was cancelled; nothing was written."};
    live.show("Reading captions", std::min(++done / sentences, 1.0));
    auto embedding = (*encoder)->encode(sentence);
    if (!embedding) return embedding.error();
    return (*embedding)->sentence;
  });
  live.finish();
  return index;
}

}  // namespace kinescore
