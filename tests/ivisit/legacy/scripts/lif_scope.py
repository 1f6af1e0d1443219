"""Leaky integrate-and-fire neurons on an oscilloscope (SimpleScope)."""
#@IVISIT:SIMULATION     & lif_scope
#@IVISIT:DICTSLIDER     & Neurons  & [200,20,-1,2,10] & neurons & 1
#@IVISIT:DICTSLIDERITEM & tau [ms] & [1,100,3,1]   & tau     & float & 20
#@IVISIT:DICTSLIDERITEM & current  & [0,30,3,0.5]  & current & float & 16.5
#@IVISIT:DICTSLIDERITEM & theta    & [1,30,3,0.5]  & theta   & float & 15
#@IVISIT:DICTSLIDERITEM & noise    & [0,2,2,0.05]  & noise   & float & 0.4
#@IVISIT:SLIDER         & Shown    & [200,1] & [0,19,2,1] & shown & -1 & int & 3
#@IVISIT:BUTTON         & Rest     & [<,All to rest] & btn_rest
#@IVISIT:IMAGE          & Membrane potential & 1.0 & [0,255] & im_scope & int
#@IVISIT:IMAGE          & Spikes   & 2.0 & [0,255] & im_spikes & int
#@IVISIT:TEXT_OUT       & Rate     & [20,2] & just_left & str_rate
import numpy as np
import ivisit as iv
from ivisit.special import *
from lif_neurons import Neurons

N_NEURONS, WIDTH = 20, 200


class SimParameters(iv.IVisit_Parameters):
    neurons = {'tau': 10.0, 'current': 0.0, 'theta': 10.0, 'noise': 0.0}
    shown = 0
    btn_rest = '0'


class SimData(iv.IVisit_Data):
    im_scope = np.zeros((120, WIDTH, 3), 'uint8')
    im_spikes = np.zeros((N_NEURONS, WIDTH), 'uint8')
    str_rate = '-'


class LIF(iv.IVisit_Simulation):
    def __init__(self):
        iv.IVisit_Simulation.__init__(self, 'lif_scope', SimParameters, SimData)

    def init(self):
        self.model = Neurons(N_NEURONS)
        self.counts = np.zeros(N_NEURONS)
        self.scope = SimpleScope(WIDTH, 120, 0, WIDTH, -5, 35, 1, col_bkgr=(0, 40, 0),
                                 col_frgr=(120, 255, 120))
        self.spikes = np.zeros((N_NEURONS, WIDTH), 'uint8')

    def step(self):
        p, d = self.parameters, self.data
        if p.btn_rest == '1':
            self.model.v[:] = 0
        self.model.advance(p.neurons)
        self.counts += self.model.spikes
        v, theta = self.model.v[p.shown], p.neurons['theta']
        peak = 32.0 if self.model.spikes[p.shown] else v
        self.scope.set_data(self.model.time, [0.0, theta], [peak, theta],
                            [(255, 255, 0), (255, 80, 80)])
        column = int(self.model.time) % WIDTH
        self.spikes[:, column] = np.where(self.model.spikes, 255, 30)
        d.im_scope = self.scope.im_data
        d.im_spikes = self.spikes
        rate = 1000 * self.counts[p.shown] / self.model.time
        d.str_rate = 'neuron %d: %.1f Hz\nall: %.1f Hz' % (
            p.shown, rate, 1000 * self.counts.mean() / self.model.time)


sim = LIF()
sim.main_init()
sim.init()
sim.step()
iv.IVisit_main(sim=sim)
