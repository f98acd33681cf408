// `kinescore evaluate` without a further word: the protocol of held-out clips, its frozen manifest and its judges.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace kinescore {

struct EvaluateProtocolOptions {
  std::filesystem::path output, weights, library, manifest, evaluators;
  std::string split = "val", evaluatorSet, quality = "good", device = "auto";
  std::optional<double> guidance;
  std::optional<int> beginnings;
  bool textsOnly = false;
  bool noRetrieval = false;
  int limit = 0, jobs = 2, steps = 0;
  int pairs = 20;                          // of a blind sheet
  std::uint64_t orderSeed = 1;
  std::filesystem::path answers, judgement;
  std::vector<std::filesystem::path> compare;
};

/// Options of `command` itself, and the commands `freeze`, `blind` and `train-evaluators` below it. Both references are
/// used when the command line is parsed.
void addEvaluateProtocol(CLI::App& command, EvaluateProtocolOptions& options, int& exitCode);

}  // namespace kinescore
