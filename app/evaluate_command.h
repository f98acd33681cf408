// `kinescore evaluate`: figures and pictures of what a model makes.
#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <string>

namespace kinescore {

struct EvaluateCommandOptions {
  std::filesystem::path prompts, weights, library, output;
  std::string quality = "good", device = "auto";
  int exitCode = 0;
};

void addEvaluateCommand(CLI::App& app, EvaluateCommandOptions& options);

}  // namespace kinescore
