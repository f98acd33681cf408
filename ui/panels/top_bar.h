// One widget at the top: mark, menus, project and saved state, engine, Generate.
#pragma once

#include <QMenuBar>
#include <QToolButton>

#include "ui/document/save_state.h"
#include "ui/panels/generate_button.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/elided_label.h"

namespace kinescore {

class TopBar : public Panel {
  Q_OBJECT

 public:
  TopBar(Session& session, SaveState& saveState, const QString& engineDescription, const QString& engineProblem, QWidget* parent = nullptr);
  [[nodiscard]] QMenuBar* menus() const { return menus_; }
  [[nodiscard]] GenerateButton* generateButton() const { return generate_; }
  void refresh();

  /// What stands behind the project's name.
  [[nodiscard]] QString savedText() const { return saved_->text(); }
  /// What the engine's chip shows: which model performs, or why there is none.
  void setEngine(const QString& description, const QString& problem);
  /// What its menu offers: models by name, and the one in use.
  void offerModels(const QStringList& models, const QString& current);
  [[nodiscard]] QString engineText() const { return chip_->text(); }
  [[nodiscard]] QMenu* modelMenu() const { return chip_->menu(); }
  /// Which of Author and Review is marked.
  void setWorkspace(int index) { workspaces_->setCurrent(index); }

 Q_SIGNALS:
  void modelChosen(const QString& model);
  /// Another file of GEM is to be looked for.
  void gemFileWanted();
  /// The words about saving were clicked while they tell of trouble.
  void saveTroubleWanted();
  /// Author, Review or Export.
  void workspaceChosen(int index);

 protected:
  bool event(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void showSaveState();
  void showProgress();
  /// In the middle of the window, within what the menus and the engine leave.
  void placeNames();

  Session& session_;
  SaveState& saveState_;
  QString engine_, engineProblem_;
  QToolButton* mark_;
  QMenuBar* menus_;
  QWidget* middle_;
  ElidedLabel* name_;
  QToolButton* saved_;
  SegmentedChoice* workspaces_;
  QLabel* dot_;
  QToolButton* chip_;
  GenerateButton* generate_;
};

}  // namespace kinescore
