// `kinescore prompt`: what the window says of words while they are typed: hints, and captions that complete them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/library/caption_book.h"

namespace CLI {
class App;
}

namespace kinescore {

struct PromptCommandOptions {
  std::string words, part = "whole";
  double seconds = 0;   // 0: not known
  bool meaning = false; // ask the text model, too
  bool json = false;
  int exitCode = 0;
};

void addPromptCommand(CLI::App& app, PromptCommandOptions& options);

/// The captions of the library that ships and of those that the user added. The window asks for them, too.
[[nodiscard]] Result<std::shared_ptr<const CaptionBook>> openCaptionBook();

}  // namespace kinescore
