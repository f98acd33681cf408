// Opens the window and runs until it is closed.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "ui/document/clip_library.h"
#include "ui/document/offered_model.h"
#include "ui/document/prompt_help.h"

namespace kinescore {

struct WindowOptions {
  /// Makes the engine on its own thread at the first job.
  MotionService::GeneratorFactory makeGenerator;
  std::string engineDescription;       // "CPU · kinescore-base"
  std::string engineProblem;           // not empty: no engine, and why
  bool findsReferences = true;         // see OfferedModel
  bool followsDrafts = true;
  ModelOpener openModel;               // what the engine's chip can change to; empty: nothing
  LibraryServices library;             // captured motion to show; empty: none
  CaptionLoader loadCaptions;          // of the libraries; empty: prompts are not completed
  std::filesystem::path project;       // empty: the start page
  std::filesystem::path sampleFolder;  // sample projects
  std::function<Result<int>()> countClips;  // of the library; may take long
  std::function<Status()> checkEngine;      // whether the model that ships is whole; the same
  std::filesystem::path stateFolder;   // journal and layout
};

/// The exit code. Needs a display; without one Qt ends the program with its own sentence.
int runWindow(int argc, char** argv, const WindowOptions& options);

}  // namespace kinescore
