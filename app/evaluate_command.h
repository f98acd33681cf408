// `kinescore evaluate`: figures and pictures of what a model makes.
#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <string>

#include "app/evaluate_protocol.h"
#include "engine/request/request.h"

namespace kinescore {

struct EvaluateCommandOptions {
  std::filesystem::path prompts, weights, library, output;
  std::string quality = "good", device = "auto";
  std::string model;                  // of `prompts`, as modelNamed() has it; empty: Kinescore with `weights`
  int references = kUsualReferences;  // of `prompts`
  EvaluateProtocolOptions protocol;   // of everything but `prompts`
  int exitCode = 0;
};

void addEvaluateCommand(CLI::App& app, EvaluateCommandOptions& options);

}  // namespace kinescore
