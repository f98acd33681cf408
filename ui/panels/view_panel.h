// The view with its header: keeps the 3D view showing what the playhead, the take and the timeline
// say.
#pragma once

#include "ui/document/session.h"
#include "ui/document/time_text.h"
#include "ui/viewport/viewport_window.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {

class ViewPanel : public QWidget {
  Q_OBJECT

 public:
  explicit ViewPanel(Session& session, QWidget* parent = nullptr);

  [[nodiscard]] ViewportWidget& viewport() { return *viewport_; }
  [[nodiscard]] ErrorBar& errors() { return *errors_; }
  [[nodiscard]] bool isPathTool() const { return isPathTool_; }
  void setPathTool(bool on);
  void setContactColours(bool on);
  void setGhosts(bool on);
  void setTrail(bool on);
  /// The figure shortly before and after the playhead.
  void setOnion(bool on);
  [[nodiscard]] bool onion() const { return isOnion_; }
  void setFigureLook(FigureLook look);
  /// Whether there is an engine, so that the hint may speak of it.
  void setMayGenerate(bool mayGenerate);
  [[nodiscard]] bool contactColours() const { return contacts_->isChecked(); }
  [[nodiscard]] bool ghosts() const { return ghosts_->isChecked(); }
  [[nodiscard]] bool trail() const { return trail_->isChecked(); }
  /// The poses that stand in the view as ghosts.
  [[nodiscard]] const std::vector<ObjectId>& ghostClips() const { return ghostClips_; }
  /// The frame that the view was given last.
  [[nodiscard]] std::int64_t frameShown() const { return frameShown_; }
  /// Those of the project that stand around it as onion skin.
  [[nodiscard]] const std::vector<std::int64_t>& onionFrames() const { return onionFrames_; }

 Q_SIGNALS:
  void switchesChanged();

 private:
  void showFrame();
  void showOnion();
  void showHud();
  void showTimeline();
  void showTake();
  /// The compared take's figure at this time.
  void showCompared(Ticks now);
  void showHints();
  void floorDrag(glm::vec2 to);

  Session& session_;
  ViewportWidget* viewport_;
  ErrorBar* errors_;
  QPushButton* view_;
  QToolButton *path_, *follow_, *contacts_, *ghosts_, *trail_;
  bool isPathTool_ = false, isOnion_ = false;
  std::vector<std::int64_t> onionFrames_;
  std::int64_t frameShown_ = 0;
  bool mayGenerate_ = true;
  bool knowsTimeSelection_ = false;  // the hint has done its work
  std::vector<ObjectId> ghostClips_;
  std::unique_ptr<TimelineGesture> floorGesture_;
  int floorPoint_ = -1;
  ObjectId floorClip_;
};

}  // namespace kinescore
