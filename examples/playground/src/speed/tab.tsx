/** The tab *Speed*: how fast lowrank computes on this machine, and with what. */
import './speed.css';
import { MachineCard } from './machine-card.js';
import { RaceCard } from './race-card.js';

export function Tab() {
  return (
    <div class="speed">
      <RaceCard />
      <MachineCard />
    </div>
  );
}
