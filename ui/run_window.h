// Opens the window and runs until it is closed.
#pragma once

#include <filesystem>
#include <string>

#include "engine/generation/motion_service.h"

namespace kinescore {

struct WindowOptions {
  /// Makes the engine on its own thread at the first job.
  MotionService::GeneratorFactory makeGenerator;
  std::string engineDescription;       // "CPU · kinescore-base"
  std::string engineProblem;           // not empty: no engine, and why
  bool findsReferences = true;         // the model looks at captured motion found by the prompts
  bool followsDrafts = true;           // the model was trained to follow one
  std::filesystem::path project;       // empty: the sample
  std::filesystem::path sampleProject; // opened when nothing else is; empty: a new project
  std::filesystem::path stateFolder;   // journal and layout
};

/// The exit code. Needs a display; without one Qt ends the program with its own sentence.
int runWindow(int argc, char** argv, const WindowOptions& options);

}  // namespace kinescore
