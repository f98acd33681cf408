// One widget at the top: mark, menus, project and saved state, engine, Generate.
#pragma once

#include <QMenuBar>

#include "ui/document/session.h"
#include "ui/panels/generate_button.h"
#include "ui/widgets/basics.h"

namespace kinescore {

class TopBar : public Panel {
  Q_OBJECT

 public:
  TopBar(Session& session, const QString& engineDescription, const QString& engineProblem, QWidget* parent = nullptr);
  [[nodiscard]] QMenuBar* menus() const { return menus_; }
  [[nodiscard]] GenerateButton* generateButton() const { return generate_; }
  void refresh();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  Session& session_;
  QString engine_, engineProblem_;
  QToolButton* mark_;
  QMenuBar* menus_;
  QWidget* middle_;
  QLabel *name_, *savedIcon_, *saved_;
  QLabel *dot_, *chip_;
  GenerateButton* generate_;
};

}  // namespace kinescore
