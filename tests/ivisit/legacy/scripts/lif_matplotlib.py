"""Leaky integrate-and-fire neurons in axes of Matplotlib."""
#@IVISIT:SIMULATION     & lif_matplotlib
#@IVISIT:DICTSLIDER     & Neurons  & [200,20,-1,2,10] & neurons & 0
#@IVISIT:DICTSLIDERITEM & tau [ms] & [1,100,3,1]   & tau     & float & 20
#@IVISIT:DICTSLIDERITEM & current  & [0,30,3,0.5]  & current & float & 16.5
#@IVISIT:DICTSLIDERITEM & theta    & [1,30,3,0.5]  & theta   & float & 15
#@IVISIT:DICTSLIDERITEM & noise    & [0,2,2,0.05]  & noise   & float & 0.4
#@IVISIT:SLIDER         & Steps a frame & [200,1] & [1,50,5,1] & n_steps & -1 & int & 10
#@IVISIT:RADIOBUTTON    & Show     & [potentials,spikes,both] & show & both
#@IVISIT:IMAGE          & Neurons over time & 1.0 & [0,255] & im_plot & int
import numpy as np
import ivisit as iv
from ivisit.matplotlib import *
from lif_neurons import Neurons

N_NEURONS, N_KEPT = 10, 300


class SimParameters(iv.IVisit_Parameters):
    neurons = {'tau': 10.0, 'current': 0.0, 'theta': 10.0, 'noise': 0.0}
    n_steps = 1
    show = 'both'


class SimData(iv.IVisit_Data):
    im_plot = np.array([[0, 0, 0]])


class LIF(iv.IVisit_Simulation):
    def __init__(self):
        iv.IVisit_Simulation.__init__(self, 'lif_matplotlib', SimParameters, SimData)

    def main_init(self, parent=None):
        iv.IVisit_Simulation.main_init(self, parent)
        self.figure = getMatplotlibFigure(figsize=(5, 4))

    def init(self):
        self.model = Neurons(N_NEURONS)
        self.times, self.potentials, self.spikes = [], [], []

    def step(self):
        p, d = self.parameters, self.data
        for _ in range(p.n_steps):
            self.model.advance(p.neurons)
            self.times.append(self.model.time)
            self.potentials.append(self.model.v.copy())
            self.spikes += [(self.model.time, i) for i in np.flatnonzero(self.model.spikes)]
        del self.times[:-N_KEPT], self.potentials[:-N_KEPT]
        self.draw(p)
        d.im_plot = getMatplotlibImage(self.figure)

    def draw(self, p):
        self.figure.clf()
        n_axes = 2 if p.show == 'both' else 1
        if p.show != 'spikes':
            ax = self.figure.add_subplot(n_axes, 1, 1)
            ax.plot(self.times, self.potentials, linewidth=0.7)
            ax.axhline(p.neurons['theta'], color='red', linestyle='--')
            ax.set_ylabel('v')
        if p.show != 'potentials':
            ax = self.figure.add_subplot(n_axes, 1, n_axes)
            recent = [spike for spike in self.spikes if spike[0] > self.times[0]]
            ax.plot([time for time, _ in recent], [i for _, i in recent], 'k|')
            ax.set_xlim(self.times[0], self.times[0] + N_KEPT)
            ax.set_ylim(-1, N_NEURONS)
            ax.set_xlabel('time [ms]')
            ax.set_ylabel('neuron')


sim = LIF()
sim.main_init()
sim.init()
sim.step()
iv.IVisit_main(sim=sim)
